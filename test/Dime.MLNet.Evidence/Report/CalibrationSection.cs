using System.Text;
using Dime.MLNet.Evidence.Calibration;
using static Dime.MLNet.Evidence.Report.MarkdownText;

namespace Dime.MLNet.Evidence.Report;

/// <summary>The shares of rows in distribution that are flagged.</summary>
internal static class CalibrationSection
{
    public static void Append(StringBuilder text, DetectionFigures figures)
    {
        text.AppendHeading("Flagged by mistake, by the number of calibration rows");
        text.AppendParagraph(
            $"""
            The share of rows in distribution, in %, that are flagged by default: mean, and lowest and highest of {figures.Settings.Repeats} splits at random
            into rows to fit, to calibrate and to score. The limit is a percentile of the calibration scores, so that chance alone
            makes the shares differ: "by chance" is the mean and the standard deviation of one split that it leads one to expect
            where all these rows are alike.
            """);
        text.AppendTable(
            ["rows", "calibration rows", "fitted to", "scored", "DIME", "ensemble", "by chance"],
            [.. Rows("images in distribution", figures.Shares), .. Rows("generated", figures.GeneratedShares)]);
        string missing = List(FlaggedShares.CalibrationCounts.Except(figures.Shares.Select(share => share.CalibrationCount)).Select(count => $"{count}"));
        string few = missing == "–" ? "" : $"There are too few images for {missing} calibration rows. ";
        text.AppendParagraph(
            $"""
            {few}Generated rows are of a mixture of {GaussianMixture.Classes} normal distributions, one for each class: an early embedding of {GaussianMixture.EarlyDimension} values,
            a late one of {GaussianMixture.LateDimension}, and the logits that tell the classes apart best. They show what the calibration does, not what networks do.
            """);
    }

    private static IEnumerable<IEnumerable<string>> Rows(string rows, IReadOnlyList<FlaggedShare> shares) => shares.Select(share => (IEnumerable<string>)
    [
        rows,
        $"{share.CalibrationCount}",
        $"{share.FitCount}",
        $"{share.TestCount}",
        Spread(share.Dime),
        Spread(share.Ensemble),
        $"{Percent(share.Expected)} ± {Percent(share.ExpectedDeviation)}",
    ]);

    private static string Spread(IReadOnlyList<double> shares) => $"{Percent(shares.Average())} ({Percent(shares.Min())}–{Percent(shares.Max())})";
}
