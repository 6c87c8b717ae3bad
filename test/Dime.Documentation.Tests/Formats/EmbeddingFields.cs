namespace Dime.Documentation.Tests.Formats;

/// <summary>"A modelled embedding" of docs/file-formats.md, and what it says to compute from it.</summary>
internal sealed record EmbeddingFields(
    int Dimension, int Rank, float[] Basis, double[] ExplainedVariance, double[]? ScoreMean, float[]? Whitening, float[] Percentiles, float[] WithinPercentiles)
{
    public bool Normalizes { get; private init; }

    public long CalibrationRows { get; private init; }

    public double[]? Spectrum { get; private init; }

    public long TrainingRows { get; private init; }

    public static EmbeddingFields Read(FormatReader reader, bool endsWithPercentiles = false)
    {
        int dimension = reader.Int32(), rank = reader.Int32();
        float[] basis = reader.Singles(dimension * rank);
        double[] explained = reader.Doubles(rank);
        bool hasScores = reader.Bool();
        double[]? mean = hasScores ? reader.Doubles(rank) : null;
        float[]? whitening = hasScores ? reader.Singles(rank * reader.Int32()) : null;
        var fields = new EmbeddingFields(
            dimension, rank, basis, explained, mean, whitening, reader.Singles(reader.Int32()), reader.Singles(reader.Int32()));
        return endsWithPercentiles ? fields : fields with
        {
            Normalizes = reader.Bool(),
            CalibrationRows = reader.Int64(),
            Spectrum = reader.Bool() ? reader.Doubles(dimension) : null,
            TrainingRows = reader.Int64(),
        };
    }

    public double Distance(IReadOnlyList<float> row)
    {
        double[] x = Plain.Of(row, Normalizes);
        return Plain.Outside(x, Basis, Rank);
    }

    public double DistanceWithin(IReadOnlyList<float> row)
    {
        double[] scores = Plain.Product(Plain.Of(row, Normalizes), Basis, Rank);
        double[] centred = [.. scores.Zip(ScoreMean!, (score, mean) => score - mean)];
        return Whitening!.Length == 0 ? 0 : Plain.Length(Plain.Product(centred, Whitening, Whitening.Length / Rank));
    }

    public static double Probability(float[] percentiles, float distance)
    {
        int first = Array.FindIndex(percentiles, percentile => distance < percentile);
        return first < 0 ? 1 : first / (percentiles.Length - 1.0);
    }
}
