namespace Dime.MLNet.Tests.Modelling;

/// <summary>One kind of training data, a rank that suits it, and new rows to measure.</summary>
internal sealed record TrainingSet(float[] Rows, int Dimension, int Rank, float[] New, float[]? Weights = null)
{
    public static TrainingSet Create(string kind) => kind switch
    {
        "random" => new(Embeddings.Gaussian(300, 20, 1), 20, 7, Embeddings.Gaussian(70, 20, 2)),
        "features of a layer" => new(Embeddings.Features(300, 40, 1), 40, 12, Embeddings.Features(130, 40, 2)),
        "rank-deficient" => new(Embeddings.OfRank(4, 90, 12, 1), 12, 4, [.. Embeddings.OfRank(4, 30, 12, 2), .. Embeddings.Gaussian(30, 12, 3, scale: 10)]),
        "fewer rows than values" => new(Embeddings.Gaussian(6, 20, 1), 20, 3, Embeddings.Gaussian(30, 20, 2)),
        "as many directions as rows" => new(Embeddings.Gaussian(6, 20, 1), 20, 6, Embeddings.Gaussian(30, 20, 2)),
        "one value" => new(Embeddings.Gaussian(50, 1, 1), 1, 1, Embeddings.Gaussian(20, 1, 2)),
        "all directions" => new(Embeddings.Features(200, 9, 1), 9, 9, Embeddings.Features(50, 9, 2)),
        "badly scaled" => new(BadlyScaled(400, 1), 13, 5, BadlyScaled(60, 2)),
        "sparse" => new(Sparse(500, 1), 30, 8, Sparse(100, 2)),
        "duplicated rows" => new(Duplicated(), 12, 3, Embeddings.Gaussian(40, 12, 2)),
        "far from the origin" => new(FarFromOrigin(300, 1), 10, 4, FarFromOrigin(60, 2)),
        "tiny" => new(Embeddings.Gaussian(100, 8, 1, scale: 1e-20), 8, 3, Embeddings.Gaussian(40, 8, 2, scale: 1e-20)),
        "huge" => new(Embeddings.Gaussian(100, 8, 1, scale: 1e20), 8, 3, Embeddings.Gaussian(40, 8, 2, scale: 1e20)),
        "weighted" => new(Embeddings.Features(200, 15, 1), 15, 5, Embeddings.Features(50, 15, 2), SomeWeights(200)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of training data."),
    };

    public ModelledEmbedding Fit()
    {
        var sums = new EmbeddingAccumulator(Dimension);
        if (Weights is null)
        {
            sums.Add(Rows);
        }
        else
        {
            sums.Add(Rows, Weights);
        }

        return sums.Fit(rank: Rank);
    }

    public DoublePrecisionDime FitExactly() => new(Rows, Dimension, Rank, Weights);

    // Column j has the unit 10^(6 − j), from 1e6 down to 1e-6.
    private static float[] BadlyScaled(int rows, int seed)
    {
        float[] plain = Embeddings.Gaussian(rows, 13, seed);
        return Embeddings.Fill(rows, 13, (i, j) => (float)(plain[(i * 13) + j] * Math.Pow(10, 6 - j)));
    }

    private static float[] Sparse(int rows, int seed)
    {
        float[] plain = Embeddings.Features(rows, 30, seed);
        var random = new Random(seed);
        return Embeddings.Fill(rows, 30, (i, j) => j % 10 == 3 || random.NextDouble() < 0.9 ? 0 : plain[(i * 30) + j]);
    }

    private static float[] Duplicated()
    {
        float[] distinct = Embeddings.Gaussian(5, 12, 1);
        return Embeddings.Fill(100, 12, (i, j) => distinct[(i % 5 * 12) + j]);
    }

    private static float[] FarFromOrigin(int rows, int seed)
    {
        float[] plain = Embeddings.Gaussian(rows, 10, seed);
        return Embeddings.Fill(rows, 10, (i, j) => 20 + (plain[(i * 10) + j] * (j + 1)));
    }

    private static float[] SomeWeights(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(i => i % 7 == 0 ? 0f : 3 * random.NextSingle())];
    }
}
