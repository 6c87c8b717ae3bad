using System.Numerics;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>
/// Draws embeddings like those of a network: X = max(0, Z·A + 0.1·E), with Z, E standard normal and A a normal mixing
/// matrix of <see cref="LatentDimension"/> rows and variance 1 / <see cref="LatentDimension"/>. peers/dime_pytorch.py draws
/// from the same distribution.
/// </summary>
internal static class Embeddings
{
    private const int LatentDimension = 32;
    private const float Noise = 0.1f;
    private const int MixingSeed = -1;

    /// <summary>Row-major rows to fit to.</summary>
    public static float[] Train(Shape shape) => Draw(shape, firstSeed: 0);

    /// <summary>Row-major rows of the same distribution that are not among those to fit to.</summary>
    public static float[] Test(Shape shape) => Draw(shape, firstSeed: 1_000_000);

    private static float[] Draw(Shape shape, int firstSeed)
    {
        int dimension = shape.Dimension;
        float[] mixing = new float[LatentDimension * dimension];
        FillNormal(new Random(MixingSeed), mixing, 1 / MathF.Sqrt(LatentDimension));

        // A seed for each row makes the values independent of the number of threads.
        float[] rows = new float[shape.Rows * dimension];
        Parallel.For(0, shape.Rows, row => DrawRow(rows.AsSpan(row * dimension, dimension), mixing, new Random(firstSeed + row)));
        return rows;
    }

    private static void DrawRow(Span<float> row, float[] mixing, Random random)
    {
        Span<float> latent = stackalloc float[LatentDimension];
        FillNormal(random, latent, 1);
        FillNormal(random, row, Noise);
        for (int i = 0; i < row.Length; i += Vector<float>.Count)
        {
            var sum = new Vector<float>(row[i..]);
            for (int z = 0; z < LatentDimension; z++)
            {
                sum += latent[z] * new Vector<float>(mixing, (z * row.Length) + i);
            }

            Vector.Max(sum, Vector<float>.Zero).CopyTo(row[i..]);
        }
    }

    // Box and Muller's transform, two values at a time: all lengths here are even, and multiples of a vector's.
    public static void FillNormal(Random random, Span<float> values, float scale)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            float radius = scale * MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle()));
            (float sine, float cosine) = MathF.SinCos(MathF.Tau * random.NextSingle());
            values[i] = radius * sine;
            values[i + 1] = radius * cosine;
        }
    }
}
