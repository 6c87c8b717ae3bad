using System.Xml.Linq;
using Dime.Server.Images;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Plots;

namespace Dime.Tool.Report.Page;

/// <summary>The rows farthest away: pictures where rows are images, else a table.</summary>
internal static class OutlyingSection
{
    public static XElement Create(ReportFigures figures) => new(
        "section",
        new XAttribute("aria-labelledby", "outlying"),
        new XElement("h2", new XAttribute("id", "outlying"), "Most outlying rows"),
        new XElement("p", "The rows of each set that are least like the training data, the farthest first. In the in-distribution set they are the false alarms to look at; look for damaged files, wrong labels and rare kinds."),
        figures.Sets.Select(Rows));

    private static XElement Rows(SetFigures set)
    {
        IReadOnlyList<OutlyingRow> rows = set.Set.MostOutlying;
        string folder = CommonFolder(rows);
        return new XElement(
            "section",
            new XAttribute("class", "outlying"),
            new XAttribute("style", $"--set:{PlotTheme.VariableOf(PlotTheme.Set(set.Slot))}"),
            new XElement("h3", set.Name),
            folder.Length == 0 ? null : new XElement("p", new XAttribute("class", "folder"), "in ", new XElement("code", folder)),
            rows.Any(row => row.ImagePath is not null)
                ? new XElement("ul", new XAttribute("class", "thumbnails"), rows.Select(row => Picture(row, row.Id[folder.Length..], set.Name)))
                : Table(set.Name, rows, folder));
    }

    private static XElement Picture(OutlyingRow row, string name, string set) => new(
        "li",
        row.ImagePath is not null && Thumbnail.Of(row.ImagePath) is { } thumbnail
            ? new XElement(
                "img",
                new XAttribute("src", thumbnail.DataUri),
                thumbnail.IsTiny ? new XAttribute("class", "tiny") : null,
                new XAttribute("alt", $"{name}, of {set}, at distance {NumberText.Distance(row.Distance)}"))
            : new XElement("p", new XAttribute("class", "missing"), "The image cannot be read."),
        new XElement("strong", NumberText.Distance(row.Distance)),
        row.Probability is { } probability ? new XElement("span", $"p {NumberText.Ratio(probability)}") : null,
        new XElement("span", new XAttribute("class", "name"), new XAttribute("title", row.Id), name));

    private static XElement Table(string set, IReadOnlyList<OutlyingRow> rows, string folder) => new(
        "div",
        new XAttribute("class", "scroll"),
        new XAttribute("tabindex", "0"),
        new XAttribute("role", "region"),
        new XAttribute("aria-label", $"Most outlying rows of {set}"),
        new XElement(
            "table",
            new XElement("caption", new XElement("span", $"The {NumberText.Rows(rows.Count)} of {set} that are farthest away.")),
            new XElement("thead", new XElement("tr", ((string[])["row", "distance", .. rows.Any(row => row.Probability is not null) ? ["probability"] : Array.Empty<string>()]).Select(text => new XElement("th", new XAttribute("scope", "col"), text)))),
            new XElement(
                "tbody",
                rows.Select(row => new XElement(
                    "tr",
                    new XElement("th", new XAttribute("scope", "row"), row.Id[folder.Length..]),
                    new XElement("td", NumberText.Distance(row.Distance)),
                    row.Probability is { } probability ? new XElement("td", NumberText.Ratio(probability)) : null)))));

    /// <summary>The folder that all rows are in, with its last separator; empty where there is none.</summary>
    private static string CommonFolder(IReadOnlyList<OutlyingRow> rows)
    {
        string first = rows[0].Id;
        int length = first.LastIndexOfAny(['/', '\\']) + 1;
        while (length > 0 && !rows.All(row => row.Id.StartsWith(first[..length], StringComparison.Ordinal)))
        {
            length = length < 2 ? 0 : first.LastIndexOfAny(['/', '\\'], length - 2) + 1;
        }

        return first[..length];
    }
}
