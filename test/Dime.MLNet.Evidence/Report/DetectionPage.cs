using System.Text;
using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using static Dime.MLNet.Evidence.Report.MarkdownText;

namespace Dime.MLNet.Evidence.Report;

/// <summary>Writes docs/detection.md.</summary>
internal static class DetectionPage
{
    // What is not of the form that ViM takes the last layer to have, as a share of the logits' variance.
    private const double Negligible = 1e-4;

    public static string Write(DetectionFigures figures)
    {
        var text = new StringBuilder();
        AppendHead(text, figures);
        ComparisonSection.Append(text, figures.Comparison);
        CalibrationSection.Append(text, figures);
        if (figures.Text is { } result)
        {
            TextSection.Append(text, result);
        }

        return $"{text.ToString().ReplaceLineEndings("\n").TrimEnd()}\n";
    }

    private static void AppendHead(StringBuilder text, DetectionFigures figures)
    {
        InDistributionRows rows = figures.Rows;
        text.AppendLine("# What is detected").AppendLine();
        text.AppendParagraph("Everything below, but for these words, comes from one run of");
        text.AppendParagraph($"```\n{figures.Settings.Command}\n```");
        text.AppendParagraph(
            """
            which also writes this page; `--help` tells how it is run on networks and images of one's own. A run on the same
            machine gives the same page again.
            """);
        text.AppendHeading("What is compared");
        string most = figures.Settings.MostRows is { } count ? $", {count} images of each folder at the most" : "";
        text.AppendParagraph($"Rows: {figures.Settings.Data}{most}. {rows.Fit.Count} rows to fit, {rows.Calibration.Count} to calibrate, {rows.Test.Count} to test; no labels, {(figures.Monitoring.Plan.LogitsColumnName is null ? "and no logits to take classes from" : "classes are the largest logits")}.");
        text.AppendTable(["set", "kind", "rows"], figures.Comparison.Sets.Select(set => (IEnumerable<string>)[set.Name, Words(set), $"{set.Count}"]), areNumbers: false);
        text.AppendParagraph(
            """
            Each set should be flagged, and is compared with the rows to test. AUROC, in %: 100 is perfect, 50 is chance. FPR95, in %:
            the share of the set that is accepted by the limit that accepts 95 % of the rows to test; 0 is perfect. Black images are all
            alike, and so are white ones, so that their FPR95 is 0 or 100.
            """);
        text.AppendTable(["tensor", "values", "why"], figures.Monitoring.Plan.Tensors.Select(tensor => (IEnumerable<string>)
            [$"`{tensor.Name}`", $"{tensor.Dimension}", tensor.Reason]), areNumbers: false);
        foreach (string remark in figures.Monitoring.Plan.Remarks)
        {
            text.AppendParagraph(remark);
        }

        foreach (Detector detector in figures.Comparison.Bench.All.Where(detector => detector.Description.Length > 0))
        {
            text.AppendLine($"- **{detector.Name}**{(detector.Kind == DetectorKind.Peer ? ", a peer" : "")}: {detector.Description}.");
        }

        text.AppendLine();
        text.AppendParagraph("The scores of the ensemble are defined at `ModelledEnsemble`. The peers are written for this comparison in double precision (`test/Dime.MLNet.Evidence/Peers`), from the same features.");
        if (figures.Comparison.Bench.Head is { } head && head.UnexplainedShare > Negligible)
        {
            text.AppendParagraph($"Beware: {Percent(head.UnexplainedShare)} % of the logits' variance is not linear in the last embedding, so that this is not all that ViM could do here.");
        }
    }

    private static string Words(SetResult set) => set.Kind switch
    {
        SetKind.Near => "near",
        SetKind.Far => "far",
        SetKind.Fault => $"fault: {Fault.All.Single(fault => fault.Name == set.Name).Description}",
        _ => "not said",
    };
}
