using System.Collections;
using System.Globalization;
using Dime.Notebooks.Documents;
using OxyPlot;

namespace Dime.Notebooks.Display;

/// <summary>Chooses how a value is shown.</summary>
/// <remarks>
/// Plots as SVG, bytes and files of PNG or JPEG images as pictures, sequences of objects with properties (records,
/// anonymous types) as tables, other sequences and values as text, texts line by line.
/// </remarks>
internal static class Formatter
{
    public static IReadOnlyList<MimeContent> Format(object? value) => value switch
    {
        PlotModel plot => PlotFormatter.Format(plot),
        byte[] bytes => PictureFormatter.Format(bytes),
        FileInfo file => PictureFormatter.Format(File.ReadAllBytes(file.FullName)),
        ContactSheet sheet => PictureFormatter.Format(sheet.ToPng(), sheet.ToString()),
        string text => [Plain(text)],
        IEnumerable items => Format([.. items.Cast<object?>()]),
        _ => [Plain(Text(value))],
    };

    /// <summary>One value as text, alone or in a table: numbers with four significant digits, as fits a page.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        float or double => ((IFormattable)value).ToString("G4", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static IReadOnlyList<MimeContent> Format(object?[] items) =>
        TableFormatter.Format(items)
        ?? [Plain(items.Any(item => item is string) ? string.Join('\n', items.Select(Text)) : $"[{string.Join(", ", items.Select(Text))}]")];

    private static MimeContent Plain(string text) => new(MimeContent.PlainText, text);
}
