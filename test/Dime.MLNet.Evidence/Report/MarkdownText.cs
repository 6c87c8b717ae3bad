using System.Globalization;
using System.Text;

namespace Dime.MLNet.Evidence.Report;

/// <summary>Figures and tables in Markdown.</summary>
internal static class MarkdownText
{
    /// <summary>A share in per cent with one digit, as in 83.1.</summary>
    public static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>A list in words, as in "a, b and c"; "–" for none.</summary>
    public static string List(IEnumerable<string> items) => items.ToArray() switch
    {
        [] => "–",
        [var only] => only,
        [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
    };

    /// <summary>A table of which all columns but the first are numbers.</summary>
    public static void AppendTable(this StringBuilder text, IEnumerable<string> head, IEnumerable<IEnumerable<string>> rows, bool areNumbers = true)
    {
        string[] titles = [.. head];
        text.Append("| ").AppendJoin(" | ", titles).AppendLine(" |");
        text.Append("| ").AppendJoin(" | ", titles.Select((_, i) => i > 0 && areNumbers ? "---:" : "---")).AppendLine(" |");
        foreach (IEnumerable<string> row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row).AppendLine(" |");
        }

        text.AppendLine();
    }

    /// <summary>A heading of the second level.</summary>
    public static StringBuilder AppendHeading(this StringBuilder text, string heading) => text.Append("## ").AppendLine(heading).AppendLine();

    /// <summary>A paragraph.</summary>
    public static StringBuilder AppendParagraph(this StringBuilder text, string words) => text.AppendLine(words).AppendLine();
}
