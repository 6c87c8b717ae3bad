using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Small embeddings near a plane of two dimensions.</summary>
internal static class Embeddings
{
    public const int Dimension = 6;

    /// <summary>The options of most tests: rank 2, no calibration.</summary>
    public static DimeOptions Uncalibrated { get; } = new() { Rank = 2, Calibration = Calibration.None };

    /// <summary>The same, without the columns that need a calibration.</summary>
    public static DimeOptions DistancesOnly { get; } = new()
    {
        Rank = 2,
        Calibration = Calibration.None,
        ProbabilityColumnName = null,
        OutlierColumnName = null,
    };

    public static List<EmbeddingRow> Create(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new EmbeddingRow { Number = i, Features = Draw(random), Weight = 1 + (i % 3) })];
    }

    /// <summary>The features of the rows, row-major.</summary>
    public static float[] Flatten(IEnumerable<EmbeddingRow> rows) => [.. rows.SelectMany(row => row.Features)];

    /// <summary>The bits of a column, so that only the very same values are equal.</summary>
    public static uint[] BitsOf(IDataView data, string columnName = "DimeDistance") => BitsOf(data.GetColumn<float>(columnName));

    public static uint[] BitsOf(IEnumerable<float> values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private static float[] Draw(Random random)
    {
        double first = 1 + random.NextDouble();
        double second = random.NextDouble() - 0.5;
        float[] values = new float[Dimension];
        for (int i = 0; i < Dimension; i++)
        {
            values[i] = (float)((first * (i + 1)) + (second * Math.Cos(i)) + (0.1 * random.NextDouble()));
        }

        return values;
    }
}
