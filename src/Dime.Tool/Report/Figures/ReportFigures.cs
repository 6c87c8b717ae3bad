namespace Dime.Tool.Report.Figures;

/// <summary>All that a report says in numbers, computed once.</summary>
/// <param name="Content">What the report is about.</param>
/// <param name="Limit">The distance from which on rows are flagged; null where the detector is not calibrated.</param>
/// <param name="Sets">The sets, the in-distribution one first.</param>
internal sealed record ReportFigures(ReportContent Content, float? Limit, IReadOnlyList<SetFigures> Sets)
{
    public SetFigures? InDistribution => Sets.FirstOrDefault(set => set.Set.Role == SetRole.InDistribution);

    public IEnumerable<SetFigures> OutOfDistribution => Sets.Where(set => set.Set.Role == SetRole.OutOfDistribution);

    /// <summary>The share of in-distribution rows that the limit is meant to flag.</summary>
    public double ExpectedFlaggedShare => 1 - Content.OutlierProbability;

    public static ReportFigures Of(ReportContent content)
    {
        content.Check();
        ScoredSet? inDistribution = content.Sets.FirstOrDefault(set => set.Role == SetRole.InDistribution);
        IEnumerable<ScoredSet> others = content.Sets.Where(set => set.Role == SetRole.OutOfDistribution);

        // Slot 0 is the in-distribution set's own, so that colours mean the same in every report.
        List<SetFigures> sets = [.. others.Select((set, i) => SetFigures.Of(set, inDistribution, i + 1))];
        if (inDistribution is not null)
        {
            sets.Insert(0, SetFigures.Of(inDistribution, null, 0));
        }

        return new ReportFigures(content, DistanceLimit.Of(content.Embedding, content.OutlierProbability), sets);
    }
}
