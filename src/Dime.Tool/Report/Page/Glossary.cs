using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Report.Page;

/// <summary>The foot of the report: what the words mean, and what the report was made from.</summary>
internal static class Glossary
{
    private static readonly (string Term, string Meaning)[] _ofHyperplane =
    [
        ("distance", "How far a row's embedding lies from the hyperplane that was fitted to the training embeddings: 0 is like the training data, large is unlike it."),
        ("rank", "The number of directions of the hyperplane. What they do not explain is what the distance measures."),
    ];

    private static readonly (string Term, string Meaning)[] _ofEnsemble =
    [
        ("distance", "The statistic of the ensemble, −Σ w ln p over its scores: p is the share of calibration rows with a score as large or larger, w the score's weight. 0 is like the training data, large is unlike it."),
        ("Mahalanobis, ClassMahalanobis", "How far an embedding lies from the mean of all training rows, or from that of the nearest class, by their covariance."),
        ("RelativeMahalanobis", "The square of the class distance less the square of the distance to the mean of all: large where a row belongs to none of the classes."),
        ("FeatureNorm, Energy", "How weakly the network responds: by the length of the embedding, or by its logits."),
    ];

    private static readonly (string Term, string Meaning)[] _terms =
    [
        ("probability", "The share of calibration rows with such a distance or a smaller one. It is not the probability that the network is wrong."),
        ("flagged", "The probability is at the limit or above it: the row is taken to be out of distribution."),
        ("AUROC", "The probability that a row of the set lies farther away than an in-distribution row: 1 is perfect, 0.5 is chance."),
        ("AUPR-out, AUPR-in", "Average precision in finding the set's rows, and the in-distribution rows. Both depend on the numbers of rows."),
        ("FPR95", "The share of the set's rows that are accepted when 95 % of the in-distribution rows are: 0 is perfect."),
        ("detection error", "The smallest mean of missed rows and false alarms that any limit reaches: 0 is perfect, 0.5 is chance."),
    ];

    public static XElement Create(ReportFigures figures) => new(
        "footer",
        new XElement(
            "section",
            new XAttribute("aria-labelledby", "glossary"),
            new XElement("h2", new XAttribute("id", "glossary"), "How to read this"),
            new XElement("dl", (figures.Content.Model.Ensemble is null ? _ofHyperplane : _ofEnsemble).Concat(_terms).Select(term => new XElement("div", new XElement("dt", term.Term), new XElement("dd", term.Meaning))))),
        new XElement(
            "section",
            new XAttribute("aria-labelledby", "parameters"),
            new XElement("h2", new XAttribute("id", "parameters"), "Made from"),
            new XElement("dl", new XAttribute("class", "parameters"), Parameters(figures).Select(p => new XElement("div", new XElement("dt", p.Name), new XElement("dd", p.Value))))));

    private static IEnumerable<(string Name, string Value)> Parameters(ReportFigures figures)
    {
        ReportContent content = figures.Content;
        yield return ("network", content.NetworkFile ?? "–");
        yield return (content.TensorNames.Count > 1 ? "tensors" : "tensor", content.TensorNames.Count == 0 ? "–" : string.Join(", ", content.TensorNames));
        if (content.Model.Embedding is { } plane)
        {
            yield return ("dimensions", NumberText.Count(plane.Dimension));
            yield return ("rank", NumberText.Count(plane.Rank));
        }

        if (content.Model.Ensemble is { } ensemble)
        {
            yield return ("scores", string.Join(", ", ensemble.Scores));
            yield return ("classes", ensemble.ClassNames.Count == 0 ? "–" : NumberText.Count(ensemble.ClassNames.Count));
        }

        yield return ("calibration rows", content.Model.CalibrationRowCount == 0 ? "–" : NumberText.Count(content.Model.CalibrationRowCount));
        yield return ("calibration percentiles", NumberText.Count(content.Model.Percentiles.Length));
        yield return ("outlier probability", content.OutlierProbability.ToString(CultureInfo.InvariantCulture));
        yield return ("limit on the distance", figures.Limit is { } limit ? NumberText.Distance(limit) : "–");
        yield return ("made on", content.Created.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        yield return ("made by", $"Dime.MLNet {Version}");
    }

    private static string Version =>
        typeof(ModelledEmbedding).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? throw new InvalidOperationException("The library has no version.");
}
