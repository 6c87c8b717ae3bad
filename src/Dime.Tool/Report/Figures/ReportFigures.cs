namespace Dime.Tool.Report.Figures;

/// <summary>What a report is about.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Created">When the report was made.</param>
/// <param name="Model">The detector's model; its probabilities and limit are left out where it is not calibrated.</param>
/// <param name="OutlierProbability">The probability from which on rows are flagged.</param>
/// <param name="NetworkFile">The network that is monitored; null where embeddings came from elsewhere.</param>
/// <param name="TensorNames">The tensors that are monitored; empty where they are not known.</param>
internal sealed record ReportContent(
    string Title,
    DateTimeOffset Created,
    FittedModel Model,
    double OutlierProbability,
    string? NetworkFile,
    IReadOnlyList<string> TensorNames);

/// <summary>All that a report says in numbers.</summary>
/// <param name="Content">What the report is about.</param>
/// <param name="Sets">The sets, at least one, the in-distribution one first; each has a name of its own.</param>
internal sealed record ReportFigures(ReportContent Content, IReadOnlyList<SetFigures> Sets)
{
    /// <summary>Today's rows; null where none are given.</summary>
    public CurrentSet? Current { get; init; }

    /// <summary>The distance from which on rows are flagged; null where the detector is not calibrated.</summary>
    public float? Limit => DistanceLimit.Of(Content.Model.Percentiles.Span, Content.OutlierProbability);

    public SetFigures? InDistribution => Sets.FirstOrDefault(set => set.Set.Role == SetRole.InDistribution);

    public IEnumerable<SetFigures> OutOfDistribution => Sets.Where(set => set.Set.Role == SetRole.OutOfDistribution);

    /// <summary>The sets that plots show: where there are many, those that are hardest to tell apart.</summary>
    public IEnumerable<SetFigures> Plotted => Sets.Where(set => set.Slot is not null);

    /// <summary>A sentence on the sets that plots leave out; null where they show all.</summary>
    public string? LeftOut => Sets.Count(set => set.Slot is null) is > 0 and int count
        ? $"{NumberText.Count(count)} further sets, {(InDistribution is null ? "the last ones" : "which are easier to tell apart")}, are left out here; the table has them all."
        : null;

    /// <summary>The share of in-distribution rows that the limit is meant to flag.</summary>
    public double ExpectedFlaggedShare => 1 - Content.OutlierProbability;
}
