using System.Globalization;
using Dime.MLNet;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Embeddings near a plane of two dimensions, and what the library says of them by way of its arrays.</summary>
internal static class SampleRows
{
    public const int Dimension = 5;
    public const int Rank = 2;

    public static float[][] Create(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(random))];
    }

    /// <summary>A line of names, and a line for each row with an id first.</summary>
    public static string ToCsv(float[][] rows, char delimiter = ',') => string.Join('\n',
    [
        string.Join(delimiter, (string[])["name", .. Enumerable.Range(0, Dimension).Select(i => $"f{i}")]),
        .. rows.Select((row, i) => string.Join(delimiter, (string[])[$"row {i}", .. row.Select(Text)])),
        "",
    ]);

    public static float[] Distances(float[][] train, float[][] rows) =>
        ModelledEmbedding.Fit(train.SelectMany(row => row).ToArray(), Dimension, rank: Rank).DistanceToHyperplane(rows.SelectMany(row => row).ToArray());

    public static string Text(float value) => value.ToString(CultureInfo.InvariantCulture);

    private static float[] Draw(Random random)
    {
        double first = 1 + random.NextDouble();
        double second = random.NextDouble() - 0.5;
        return [.. Enumerable.Range(0, Dimension).Select(i => (float)((first * (i + 1)) + (second * Math.Cos(i)) + (0.1 * random.NextDouble())))];
    }
}
