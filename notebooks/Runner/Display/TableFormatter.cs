using System.Net;
using System.Reflection;
using System.Text;
using Dime.Notebooks.Documents;

namespace Dime.Notebooks.Display;

/// <summary>Rows with properties as a table, in HTML and in plain text.</summary>
internal static class TableFormatter
{
    /// <returns>Null where the items are no rows of one type: numbers, texts, nulls, or none.</returns>
    public static IReadOnlyList<MimeContent>? Format(object?[] rows)
    {
        if (rows.FirstOrDefault()?.GetType() is not { } type || type.IsPrimitive || type == typeof(string)
            || rows.Any(row => row?.GetType() != type))
        {
            return null;
        }

        PropertyInfo[] columns = [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0)];
        if (columns.Length == 0)
        {
            return null;
        }

        bool[] numeric = [.. columns.Select(column => IsNumeric(column, rows))];
        string[] headers = [.. columns.Select(column => column.Name)];
        string[][] cells = [.. rows.Select(row => columns.Select(column => Formatter.Text(column.GetValue(row))).ToArray())];
        return [new(MimeContent.Html, Html(headers, cells, numeric)), new(MimeContent.PlainText, Plain(headers, cells, numeric))];
    }

    // Texts that were formatted as numbers ("4.6 %") are aligned as numbers too.
    private static bool IsNumeric(PropertyInfo column, object?[] rows) =>
        column.PropertyType != typeof(bool) && (column.PropertyType.IsPrimitive
            || rows.All(row => column.GetValue(row)?.ToString() is not { Length: > 0 } text || char.IsAsciiDigit(text.TrimStart('-')[0]))
                && rows.Any(row => column.GetValue(row)?.ToString() is { Length: > 0 }));

    private static string Html(string[] headers, string[][] cells, bool[] numeric)
    {
        var html = new StringBuilder("<table>\n<thead><tr>");
        AppendCells("th", headers);
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (string[] row in cells)
        {
            html.Append("<tr>");
            AppendCells("td", row);
            html.Append("</tr>\n");
        }

        return html.Append("</tbody>\n</table>").ToString();

        void AppendCells(string tag, string[] texts)
        {
            for (int i = 0; i < texts.Length; i++)
            {
                html.Append($"<{tag} align=\"{(numeric[i] ? "right" : "left")}\">{WebUtility.HtmlEncode(texts[i])}</{tag}>");
            }
        }
    }

    private static string Plain(string[] headers, string[][] cells, bool[] numeric)
    {
        int[] widths = [.. headers.Select((header, i) => cells.Select(row => row[i].Length).Append(header.Length).Max())];
        IEnumerable<string> lines = cells.Prepend(headers).Select(row => string.Join("  ", row.Select(Padded)).TrimEnd());
        return string.Join('\n', lines);

        string Padded(string text, int i) => numeric[i] ? text.PadLeft(widths[i]) : text.PadRight(widths[i]);
    }
}
