using System.Text;
using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using static Dime.MLNet.Evidence.Report.MarkdownText;

namespace Dime.MLNet.Evidence.Report;

/// <summary>The tables of AUROC and FPR95, and what they come to.</summary>
internal static class ComparisonSection
{
    // From here on a detector sees a set; up to there it misses it.
    private const double Seen = 0.90;
    private const double Missed = 0.60;

    public static void Append(StringBuilder text, Comparison comparison)
    {
        text.AppendHeading("Means");
        text.AppendTable(
            ["AUROC / FPR95", .. comparison.Kinds.Select(kind => $"{Words(kind)} ({comparison.Sets.Count(set => set.Kind == kind)})")],
            comparison.Bench.All.Select((detector, i) => (IEnumerable<string>)
                [Name(detector), .. comparison.Kinds.Select(kind => $"{Percent(comparison.Mean(kind, set => set.Auroc[i]))} / {Percent(comparison.Mean(kind, set => set.Fpr95[i]))}")]));
        AppendFigures(text, "AUROC of each set", comparison, set => set.Auroc);
        AppendFigures(text, "FPR95 of each set", comparison, set => set.Fpr95);
        AppendFlagged(text, comparison);
        AppendSeen(text, comparison);
        AppendWinners(text, comparison);
    }

    private static void AppendFigures(StringBuilder text, string heading, Comparison comparison, Func<SetResult, IReadOnlyList<double>> figures)
    {
        text.AppendHeading(heading);
        text.AppendTable(
            ["", .. comparison.Sets.Select(set => set.Name)],
            comparison.Bench.All.Select((detector, i) => (IEnumerable<string>)[Name(detector), .. comparison.Sets.Select(set => Percent(figures(set)[i]))]));
    }

    private static void AppendFlagged(StringBuilder text, Comparison comparison)
    {
        text.AppendHeading("What is flagged");
        text.AppendParagraph("The share of rows, in %, that are flagged by default. In distribution it should be about 5.");
        text.AppendTable(
            ["", "in distribution", .. comparison.Sets.Select(set => set.Name)],
            [
                ["DIME", Percent(comparison.TestFlagged.Dime), .. comparison.Sets.Select(set => Percent(set.Flagged.Dime))],
                ["**ensemble**", Percent(comparison.TestFlagged.Ensemble), .. comparison.Sets.Select(set => Percent(set.Flagged.Ensemble))],
            ]);
    }

    private static void AppendSeen(StringBuilder text, Comparison comparison)
    {
        text.AppendHeading("What each score sees and misses");
        text.AppendParagraph($"Sets with an AUROC of {100 * Seen:F0} or more are seen, those of {100 * Missed:F0} or less missed.");
        text.AppendTable(
            ["", "sees", "misses"],
            comparison.Bench.All.Select((detector, i) => (IEnumerable<string>)
                [Name(detector), Sets(set => set.Auroc[i] >= Seen), Sets(set => set.Auroc[i] <= Missed)]),
            areNumbers: false);

        string Sets(Func<SetResult, bool> condition) => List(comparison.Sets.Where(condition).Select(set => set.Name));
    }

    private static void AppendWinners(StringBuilder text, Comparison comparison)
    {
        text.AppendHeading("Where another detector is ahead of the ensemble");
        int ensemble = IndexOf(DetectorKind.Ensemble);
        IEnumerable<(string Name, Func<int, double> Auroc)> means = comparison.Kinds
            .Where(kind => comparison.Sets.Count(set => set.Kind == kind) > 1)
            .Select(kind => ($"the mean over {Words(kind)}", new Func<int, double>(i => comparison.Mean(kind, set => set.Auroc[i]))));
        (string Name, Func<int, double> Auroc)[] all = [.. comparison.Sets.Select(set => (set.Name, new Func<int, double>(i => set.Auroc[i]))), .. means];
        AppendAhead("A peer", DetectorKind.Peer);
        AppendAhead("A score of the ensemble, alone,", DetectorKind.Score);
        AppendAhead("DIME", DetectorKind.Dime);
        if (comparison.Sets.Count > 0)
        {
            (SetResult set, double error) = comparison.Sets.Select(set => (set, StandardError(set.Auroc[ensemble], set.Count, comparison.TestCount))).MaxBy(found => found.Item2);
            text.AppendParagraph($"With so many rows an AUROC is uncertain by chance: the standard error of the ensemble's is {Percent(error)} at the most, on {set.Name} (Hanley and McNeil 1982).");
        }

        void AppendAhead(string who, DetectorKind kind)
        {
            List<string> ahead = [];
            foreach ((string name, Func<int, double> auroc) in all)
            {
                (Detector detector, int i) = comparison.Bench.All.Select((detector, i) => (detector, i)).Where(found => found.detector.Kind == kind).MaxBy(found => auroc(found.i));

                // As printed: what differs only behind the digit that is shown is no lead.
                if (Math.Round(auroc(i), 3) > Math.Round(auroc(ensemble), 3))
                {
                    ahead.Add($"{name} ({(kind == DetectorKind.Dime ? "" : $"{Plain(detector)} ")}{Percent(auroc(i))}, the ensemble {Percent(auroc(ensemble))})");
                }
            }

            text.AppendParagraph(ahead.Count == 0
                ? $"{who} is nowhere ahead of the ensemble."
                : $"{who} is ahead of the ensemble, by AUROC, on {List(ahead)}.");
        }

        int IndexOf(DetectorKind kind) => comparison.Bench.All.ToList().FindIndex(detector => detector.Kind == kind);
    }

    private static double StandardError(double auroc, int outside, int inside)
    {
        double q1 = auroc / (2 - auroc);
        double q2 = 2 * auroc * auroc / (1 + auroc);
        return Math.Sqrt(Math.Max(0, (auroc * (1 - auroc)) + ((outside - 1) * (q1 - (auroc * auroc))) + ((inside - 1) * (q2 - (auroc * auroc)))) / ((double)outside * inside));
    }

    private static string Words(SetKind kind) => kind switch
    {
        SetKind.Near => "near sets",
        SetKind.Far => "far sets",
        SetKind.Fault => "faults",
        _ => "other sets",
    };

    private static string Name(Detector detector) => detector.Kind switch
    {
        DetectorKind.Ensemble => $"**{detector.Name}**",
        DetectorKind.Peer => $"peer: {detector.Name}",
        _ => Plain(detector),
    };

    private static string Plain(Detector detector) => detector.Kind == DetectorKind.Score ? $"`{detector.Name}`" : detector.Name;
}
