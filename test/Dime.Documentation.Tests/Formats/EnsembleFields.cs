namespace Dime.Documentation.Tests.Formats;

/// <summary>A score of an ensemble.</summary>
internal sealed record ScoreFields(int Kind, string Column, double Weight, bool Normalizes, int Rank)
{
    /// <summary>The family by the kind.</summary>
    public string Family => Kind switch { 0 or 1 => "hyperplane", 2 or 3 or 4 => "Mahalanobis", 5 => "norm", _ => "energy" };

    public bool GoesByClass => Kind is 3 or 4;

    public static ScoreFields Read(FormatReader reader) => new(reader.Int32(), reader.Text(), reader.Double(), reader.Bool(), reader.Int32());
}

/// <summary>The columns and scores of an ensemble or of its sums, and their groups.</summary>
internal sealed record ScoringFields((string Name, int Dimension)[] Columns, ScoreFields[] Scores)
{
    public IReadOnlyList<IGrouping<(string Column, string Family, bool Normalizes, int Rank), ScoreFields>> Groups =>
        [.. Scores.GroupBy(score => (score.Column, score.Family, score.Normalizes, score.Rank))];

    public int Width => Columns.Sum(column => column.Dimension);

    public static ScoringFields Read(FormatReader reader) =>
        new(reader.ListOf(() => (reader.Text(), reader.Int32())), reader.ListOf(() => ScoreFields.Read(reader)));

    public int DimensionOf(string column) => Columns.Single(one => one.Name == column).Dimension;

    public ArraySegment<float> ColumnOf(float[] row, string column) =>
        new(row, Columns.TakeWhile(one => one.Name != column).Sum(one => one.Dimension), DimensionOf(column));
}

/// <summary>What calibration rows say of one score.</summary>
internal sealed record TailFields(float[] Percentiles, double Start, double MeanExcess)
{
    public double PValue(float score, long calibrationRows)
    {
        double floor = 1.0 / (calibrationRows + 1);
        double p = score <= Percentiles[^1]
            ? Math.Max(1 - EmbeddingFields.Probability(Percentiles, score), floor)
            : Math.Min(floor, 0.02 * Math.Exp(-(score - Start) / MeanExcess));
        return float.IsFinite(score) ? Math.Max(p, 1e-30) : 1e-30;
    }
}

/// <summary>"A modelled ensemble" of docs/file-formats.md, and what it says to compute from it.</summary>
internal sealed record EnsembleFields(ScoringFields Scoring, string[] ClassNames, string[] LeftOutClassNames, object?[] Models)
{
    public long CalibrationRows { get; private init; }

    public TailFields[] Tails { get; private init; } = [];

    public float[] StatisticPercentiles { get; private init; } = [];

    public static EnsembleFields Read(FormatReader reader)
    {
        var scoring = ScoringFields.Read(reader);
        string[] classes = reader.ListOf(reader.Text), leftOut = reader.ListOf(reader.Text);
        object?[] models = [.. scoring.Groups.Select(group => (object?)(group.Key.Family switch
        {
            "hyperplane" => EmbeddingFields.Read(reader),
            "Mahalanobis" => MahalanobisFields.Read(reader, scoring.DimensionOf(group.Key.Column), group.Key.Normalizes),
            _ => null,
        }))];
        var fields = new EnsembleFields(scoring, classes, leftOut, models);
        return !reader.Bool() ? fields : fields with
        {
            CalibrationRows = reader.Int64(),
            Tails = [.. scoring.Scores.Select(_ => new TailFields(reader.Singles(reader.Int32()), reader.Double(), reader.Double()))],
            StatisticPercentiles = reader.Singles(reader.Int32()),
        };
    }

    /// <summary>The scores of a row, in their order.</summary>
    public double[] Measure(float[] row) => [.. Scoring.Scores.Select(score => Measure(row, score))];

    private double Measure(float[] row, ScoreFields score)
    {
        ArraySegment<float> values = Scoring.ColumnOf(row, score.Column);
        object? model = Scoring.Groups.Zip(Models).Single(pair => pair.First.Contains(score)).Second;
        return score.Kind switch
        {
            0 => ((EmbeddingFields)model!).Distance(values),
            1 => ((EmbeddingFields)model!).DistanceWithin(values),
            2 => Math.Sqrt(((MahalanobisFields)model!).Distances(values).Total),
            3 => Math.Sqrt(((MahalanobisFields)model!).Distances(values).Nearest),
            4 => ((MahalanobisFields)model!).Distances(values) is var (total, nearest) ? nearest - total : 0,
            5 => -Plain.Length(values.Select(value => (double)value)),
            _ => -Math.Log(values.Sum(value => Math.Exp(value))),
        };
    }
}
