namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>Made-up rows of several classes, correlated and not centred, the same on every run.</summary>
internal sealed record ClassRows(int Dimension, float[] Rows, int[] Classes)
{
    public const string Column = "x";

    public int Count => Classes.Length;

    public EmbeddingLayout Layout => new((Column, Dimension));

    public static IReadOnlyList<OutOfDistributionScore> AllScores { get; } =
    [
        OutOfDistributionScore.Mahalanobis(Column),
        OutOfDistributionScore.ClassMahalanobis(Column),
        OutOfDistributionScore.RelativeMahalanobis(Column),
        OutOfDistributionScore.Mahalanobis(Column, normalize: true),
        OutOfDistributionScore.ClassMahalanobis(Column, normalize: true),
        OutOfDistributionScore.RelativeMahalanobis(Column, normalize: true),
    ];

    /// <summary>Rows of any seed are of the same distribution.</summary>
    public static ClassRows Create(int count, int dimension, int classCount, int seed, double spread = 2)
    {
        float[] mixing = Embeddings.Gaussian(dimension, dimension, 4711);
        float[] means = Embeddings.Gaussian(classCount, dimension, 4712, spread);
        float[] noise = Embeddings.Gaussian(count, dimension, seed);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => i % classCount)];
        float[] rows = Embeddings.Fill(count, dimension, (i, j) =>
        {
            double sum = 1 + means[(classes[i] * dimension) + j];
            for (int k = 0; k < dimension; k++)
            {
                sum += noise[(i * dimension) + k] * mixing[(k * dimension) + j] / Math.Sqrt(1 + k);
            }

            return (float)sum;
        });
        return new ClassRows(dimension, rows, classes);
    }

    /// <summary>The same rows with one feature changed.</summary>
    public ClassRows With(int feature, Func<float, float> change) =>
        this with { Rows = [.. Rows.Select((x, i) => i % Dimension == feature ? change(x) : x)] };

    public EnsembleAccumulator Accumulate(IEnumerable<OutOfDistributionScore> scores, float[]? weights = null)
    {
        var sums = new EnsembleAccumulator(Layout, scores);
        int[] numbers = Array.ConvertAll(Classes, c => sums.ClassNumber(NameOf(c)));
        if (weights is null)
        {
            sums.Add(Rows, numbers);
        }
        else
        {
            sums.Add(Rows, numbers, weights);
        }

        return sums;
    }

    public static string NameOf(int number) => $"class {number}";
}
