using System.Xml.Linq;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Plots;

namespace Dime.Tool.Report.Page;

/// <summary>The top of the report: what was monitored, and what came of it.</summary>
internal static class Headline
{
    private const int MostNames = 4;

    public static XElement Create(ReportFigures figures)
    {
        ReportContent content = figures.Content;
        List<Verdict> verdicts = [.. figures.Sets.Select(set => Verdict.Of(set, figures))];
        return new XElement(
            "header",
            new XElement("h1", content.Title),
            new XElement("p", new XAttribute("class", "subject"), Subject(content)),
            new XElement("p", new XAttribute("class", "summary"), Summary(verdicts, figures)),
            new XElement("ul", new XAttribute("class", "verdicts"), verdicts.Select(verdict => Card(verdict, figures))));
    }

    private static IEnumerable<object> Subject(ReportContent content)
    {
        if (content.NetworkFile is { } network)
        {
            yield return new XElement("code", network);
            yield return content.TensorNames.Count == 0 ? ". " : " at ";
        }

        for (int i = 0; i < content.TensorNames.Count; i++)
        {
            yield return new XElement("code", content.TensorNames[i]);
            yield return i + 1 == content.TensorNames.Count ? ". " : i + 2 == content.TensorNames.Count ? " and " : ", ";
        }

        yield return content.Model switch
        {
            { Embedding: { } plane } => $"A hyperplane of rank {plane.Rank} in {plane.Dimension} dimensions explains "
                + $"{NumberText.Percent(plane.ExplainedVariance.Sum())} of the training embeddings' variance.",
            { Ensemble: { } ensemble } => $"An ensemble of {ensemble.Scores.Count} scores{(ensemble.ClassNames.Count == 0 ? "" : $" and {ensemble.ClassNames.Count} classes")}, "
                + $"calibrated on {NumberText.Rows(ensemble.CalibrationRowCount)}.",
            _ => "",
        };
    }

    private static string Summary(List<Verdict> verdicts, ReportFigures figures)
    {
        List<string> sentences = [];
        List<Verdict> foreign = [.. verdicts.Where(verdict => verdict.Figures.Set.Role == SetRole.OutOfDistribution)];
        string verb = figures.InDistribution is null ? "flags most rows of" : "recognises";
        foreach ((Grade grade, string does) in new[] { (Grade.Good, verb), (Grade.Fair, "recognises in part"), (Grade.Poor, "does not recognise") })
        {
            List<string> names = [.. foreign.Where(verdict => verdict.Grade == grade).Select(verdict => verdict.Figures.Name)];
            if (names.Count > 0)
            {
                sentences.Add($"{(sentences.Count == 0 ? "The detector" : "It")} {does} {Listing(names)}.");
            }
        }

        if (verdicts.FirstOrDefault(verdict => verdict.Figures.Set.Role == SetRole.InDistribution) is { } inside && figures.Limit is not null)
        {
            sentences.Add($"It flags {NumberText.Percent(inside.Figures.FlaggedShare!.Value)} of the in-distribution rows by mistake, where {NumberText.Percent(figures.ExpectedFlaggedShare)} are expected.");
        }

        return figures.Limit is null
            ? "The detector is not calibrated: it gives distances, but no probabilities, and flags nothing. " + (figures.InDistribution is null ? "" : string.Join(' ', sentences))
            : string.Join(' ', sentences);
    }

    private static XElement Card(Verdict verdict, ReportFigures figures)
    {
        SetFigures set = verdict.Figures;
        return new XElement(
            "li",
            new XAttribute("style", $"--set:{PlotTheme.VariableOf(PlotTheme.Set(set.Slot))}"),
            new XElement("h2", set.Name == set.Set.Name ? null : new XAttribute("title", set.Set.Name), set.Name),
            new XElement("p", new XAttribute("class", "role"), set.Set.Role == SetRole.InDistribution ? "in distribution" : "out of distribution"),
            set.FlaggedShare is { } flagged
                ? new XElement("p", new XAttribute("class", "flagged"), new XElement("strong", NumberText.Percent(flagged)), $" of {NumberText.Rows(set.RowCount)} flagged")
                : new XElement("p", new XAttribute("class", "flagged"), NumberText.Rows(set.RowCount)),
            new XElement("p", new XAttribute("class", $"badge {GradeClass(verdict.Grade)}"), verdict.Badge),
            new XElement("p", verdict.Sentence));
    }

    private static string GradeClass(Grade grade) => grade switch
    {
        Grade.Good => "good",
        Grade.Fair => "fair",
        _ => "poor",
    };

    private static string Listing(List<string> names)
    {
        // The cards below name them all.
        List<string> told = names.Count <= MostNames ? names : [.. names.Take(MostNames - 1), $"{names.Count - MostNames + 1} more sets"];
        return told.Count == 1 ? told[0] : $"{string.Join(", ", told.Take(told.Count - 1))} and {told[^1]}";
    }
}
