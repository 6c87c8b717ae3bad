namespace Dime.Tool.Report.Figures;

internal enum Grade
{
    Good,
    Fair,
    Poor,
}

/// <summary>What the figures of a set come to, in plain words.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Grade">How pleased one may be.</param>
/// <param name="Badge">The verdict in two or three words.</param>
/// <param name="Sentence">The verdict in a sentence that follows the share of flagged rows.</param>
internal sealed record Verdict(SetFigures Figures, Grade Grade, string Badge, string Sentence)
{
    private const double Normal95 = 1.96;

    public static Verdict Of(SetFigures set, ReportFigures figures) => set switch
    {
        { Set.Role: SetRole.InDistribution } => OfInDistribution(set, figures),
        { Metrics: not null } => OfCompared(set, figures.InDistribution!.Name),
        _ => OfAlone(set, figures),
    };

    private static Verdict OfInDistribution(SetFigures set, ReportFigures figures)
    {
        if (figures.Limit is null)
        {
            return new Verdict(set, Grade.Fair, "not calibrated", "Calibrate the detector to get probabilities and a limit.");
        }

        double expected = figures.ExpectedFlaggedShare;
        (double low, double high) = WilsonInterval(set);
        string range = $"{NumberText.Percent(expected)} expected";
        return (expected < low, expected > high) switch
        {
            (true, _) => new Verdict(
                set,
                set.FlaggedShare > 2 * expected ? Grade.Poor : Grade.Fair,
                "more false alarms than meant",
                $"{range}. More than chance explains: what counts as normal has changed, or was learnt from too few rows. Calibrate again on data like this."),
            (_, true) => new Verdict(set, Grade.Fair, "fewer false alarms than meant", $"{range}. Fewer than chance explains: the limit is stricter on the calibration data than here."),
            _ => new Verdict(set, Grade.Good, "false alarms as expected", $"{range}, and chance explains the difference."),
        };
    }

    private static Verdict OfCompared(SetFigures set, string inDistribution)
    {
        double area = set.Metrics!.AreaUnderRocCurve;
        string score = $"(AUROC {NumberText.Ratio(area)})";
        return area switch
        {
            1 => new Verdict(set, Grade.Good, "told apart", $"Told apart from {inDistribution} perfectly {score}."),
            >= 0.99 => new Verdict(set, Grade.Good, "told apart", $"Told apart from {inDistribution} almost perfectly {score}."),
            >= 0.95 => new Verdict(set, Grade.Good, "told apart", $"Told apart from {inDistribution} very well {score}."),
            >= 0.9 => new Verdict(set, Grade.Good, "told apart", $"Told apart from {inDistribution} well {score}."),
            >= 0.75 => new Verdict(set, Grade.Fair, "partly told apart", $"Many rows are told apart from {inDistribution}, many are not {score}."),
            >= 0.55 => new Verdict(set, Grade.Poor, "hardly told apart", $"Most rows look like {inDistribution} {score}."),
            >= 0.45 => new Verdict(set, Grade.Poor, "not told apart", $"No better than chance: rows look just like {inDistribution} {score}."),
            _ => new Verdict(set, Grade.Poor, "not told apart", $"Rows lie nearer than those of {inDistribution}: a distance cannot find them {score}."),
        };
    }

    private static Verdict OfAlone(SetFigures set, ReportFigures figures)
    {
        if (figures.Limit is null)
        {
            return new Verdict(set, Grade.Fair, "not calibrated", "Calibrate the detector to get probabilities and a limit.");
        }

        string expected = $"{NumberText.Percent(figures.ExpectedFlaggedShare)} would be, were they in distribution.";
        return set.FlaggedShare switch
        {
            >= 0.9 => new Verdict(set, Grade.Good, "mostly flagged", expected),
            >= 0.5 => new Verdict(set, Grade.Fair, "partly flagged", expected),
            _ => new Verdict(set, Grade.Poor, "mostly accepted", expected),
        };
    }

    /// <summary>Where the true share of flagged rows lies with 95 % confidence (Wilson's score interval).</summary>
    private static (double Low, double High) WilsonInterval(SetFigures set)
    {
        double n = set.RowCount;
        double share = set.FlaggedShare!.Value;
        double z2 = Normal95 * Normal95;
        double centre = (share + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = Normal95 / (1 + (z2 / n)) * Math.Sqrt((share * (1 - share) / n) + (z2 / (4 * n * n)));
        return (centre - half, centre + half);
    }
}
