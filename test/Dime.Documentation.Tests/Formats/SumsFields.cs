namespace Dime.Documentation.Tests.Formats;

/// <summary>"Sums of embeddings" of docs/file-formats.md.</summary>
internal sealed record EmbeddingSumsFields(bool Normalizes, int Dimension, long Count, long LeftOut)
{
    public double WeightSum { get; private init; }

    public double[] Sum { get; private init; } = [];

    public double[] Upper { get; private init; } = [];

    public float[][] Rows { get; private init; } = [];

    public float[] Weights { get; private init; } = [];

    public static EmbeddingSumsFields Read(FormatReader reader, int version)
    {
        var fields = new EmbeddingSumsFields(version >= 2 && reader.Bool(), reader.Int32(), reader.Int64(), reader.Int64());
        int dimension = fields.Dimension;
        if (version < 3)
        {
            return fields with { WeightSum = reader.Double(), Sum = reader.Doubles(dimension), Upper = reader.Doubles(dimension * (dimension + 1) / 2) };
        }

        bool hasWeights = reader.Bool();
        var rows = new List<float[]>();
        var weights = new List<float>();
        for (long i = 0; i < fields.Count; i++)
        {
            rows.Add(reader.Singles(dimension));
            weights.AddRange(reader.Singles(hasWeights ? 1 : 0));
        }

        return fields with { Rows = [.. rows], Weights = [.. weights] };
    }
}

/// <summary>"Sums of an ensemble" of docs/file-formats.md.</summary>
internal sealed record EnsembleSumsFields(
    ScoringFields Scoring, string? LogitsColumn, (string Name, double Weight)[] Classes, long Count, long LeftOut, long Unclassified, double WeightSum)
{
    public (EmbeddingSumsFields All, double[]?[] Classes)[] Sums { get; private init; } = [];

    public static EnsembleSumsFields Read(FormatReader reader)
    {
        var fields = new EnsembleSumsFields(
            ScoringFields.Read(reader),
            reader.TextOrNone(),
            reader.ListOf(() => (reader.Text(), reader.Double())),
            reader.Int64(),
            reader.Int64(),
            reader.Int64(),
            reader.Double());
        IEnumerable<IGrouping<(string Column, bool Normalizes), IGrouping<(string Column, string Family, bool Normalizes, int Rank), ScoreFields>>> columns = fields.Scoring.Groups.Where(group => group.Key.Family is "hyperplane" or "Mahalanobis").GroupBy(group => (group.Key.Column, group.Key.Normalizes));
        return fields with
        {
            Sums =
            [
                .. columns.Select(column =>
                {
                    var all = EmbeddingSumsFields.Read(reader, reader.Int32());
                    bool byClass = column.Any(group => group.Any(score => score.GoesByClass));
                    return (all, byClass ? fields.Classes.Select(_ => reader.Bool() ? reader.Doubles(all.Dimension) : null).ToArray() : []);
                }),
            ],
        };
    }
}
