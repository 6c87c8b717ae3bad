namespace Dime.Documentation.Tests.Formats;

/// <summary>The model of a group of Mahalanobis distances.</summary>
internal sealed record MahalanobisFields(
    bool Normalizes, double[] Mean, double[] Deviation, float[] Basis, float[] Matrix, int Rank, float[] ClassMeans, double[]? TotalPrecisions)
{
    public double TotalResidual { get; private init; }

    public double WithinResidual { get; private init; }

    public long TrainingRows { get; private init; }

    public double LargestRatio { get; private init; }

    public static MahalanobisFields Read(FormatReader reader, int dimension, bool normalizes)
    {
        int rank = reader.Int32();
        double[] mean = reader.Doubles(dimension), deviation = reader.Doubles(dimension);
        int directions = reader.Int32();
        float[] basis = reader.Singles(dimension * directions);
        float[] matrix = reader.Singles((directions == 0 ? dimension : directions) * rank);
        float[] means = reader.Singles(reader.Int32() * rank);
        double[]? precisions = reader.Bool() ? reader.Doubles(rank) : null;
        return new MahalanobisFields(normalizes, mean, deviation, basis, matrix, rank, means, precisions)
        {
            TotalResidual = directions == 0 ? 0 : reader.Double(),
            WithinResidual = directions == 0 ? 0 : reader.Double(),
            TrainingRows = reader.Int64(),
            LargestRatio = reader.Double(),
        };
    }

    /// <summary>The squared distances to the mean of all rows and to the nearest class.</summary>
    public (double Total, double Nearest) Distances(IReadOnlyList<float> row)
    {
        double[] z = [.. Plain.Of(row, Normalizes).Select((value, i) => (value - Mean[i]) / Deviation[i])];
        int directions = Basis.Length / z.Length;
        double[] y = Plain.Product(directions == 0 ? z : Plain.Product(z, Basis, directions), Matrix, Rank);
        double outside = directions == 0 ? 0 : Math.Pow(Plain.Outside(z, Basis, directions), 2);
        double total = y.Select((value, j) => value * value * (TotalPrecisions?[j] ?? 1)).Sum() + (outside * TotalResidual);
        double nearest = ClassMeans.Chunk(Rank).Select(mean => y.Zip(mean, (value, m) => Math.Pow(value - m, 2)).Sum()).DefaultIfEmpty().Min();
        return (total, nearest + (outside * WithinResidual));
    }
}
