namespace Dime.MLNet.Tests.Modelling;

/// <summary>Row-major made-up embeddings, the same on every run.</summary>
internal static class Embeddings
{
    /// <summary>Independent normal values.</summary>
    public static float[] Gaussian(int rows, int dimension, int seed, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * dimension).Select(_ => (float)(scale * Normal(random)))];
    }

    /// <summary>Correlated, not centred, partly zero: what a layer with a ReLU gives.</summary>
    public static float[] Features(int rows, int dimension, int seed)
    {
        // The mixing matrix must not depend on the seed: different rows of one network share it.
        float[] mixing = Gaussian(dimension, dimension, 4711);
        float[] sources = Gaussian(rows, dimension, seed);
        return Fill(rows, dimension, (i, j) =>
        {
            double sum = 0.3;
            for (int k = 0; k < dimension; k++)
            {
                sum += sources[(i * dimension) + k] * mixing[(k * dimension) + j] / (k + 1);
            }

            return (float)Math.Max(0, sum);
        });
    }

    /// <summary>A product of small integers, so that the rank is exact in single precision too.</summary>
    public static float[] OfRank(int rank, int rows, int dimension, int seed)
    {
        // As in Features, rows of any seed lie in the same hyperplane.
        var basisRandom = new Random(4711);
        int[] basis = [.. Enumerable.Range(0, rank * dimension).Select(_ => basisRandom.Next(-4, 5))];
        var random = new Random(seed);
        int[] scores = [.. Enumerable.Range(0, rows * rank).Select(_ => random.Next(-4, 5))];
        return Fill(rows, dimension, (i, j) =>
            Enumerable.Range(0, rank).Sum(k => (rank - k) * scores[(i * rank) + k] * basis[(k * dimension) + j]));
    }

    public static float[] Fill(int rows, int dimension, Func<int, int, float> value) =>
        [.. Enumerable.Range(0, rows * dimension).Select(i => value(i / dimension, i % dimension))];

    /// <summary>The rows one after the other.</summary>
    public static float[][] Split(float[] rows, int dimension) => [.. rows.Chunk(dimension)];

    public static double Length(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float x in row)
        {
            sum += (double)x * x;
        }

        return Math.Sqrt(sum);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
