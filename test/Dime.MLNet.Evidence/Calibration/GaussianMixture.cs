using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;

namespace Dime.MLNet.Evidence.Calibration;

/// <summary>
/// Rows of a fixed mixture of ten normal distributions, one for each class, as many as one wants: an early and a late
/// embedding, and the logits that tell the classes apart best.
/// </summary>
internal static class GaussianMixture
{
    public const int Classes = 10;
    public const int EarlyDimension = 32;
    public const int LateDimension = 64;

    private const string Early = "Early";
    private const string Late = "Late";
    private const string LogitsName = "Logits";

    // Means of an early embedding hardly depend on the class.
    private const double EarlySpread = 0.3;
    private const double LateSpread = 0.6;

    /// <summary>What is watched: DIME at the late embedding, and the scores that an ensemble has of a network.</summary>
    public static Monitoring Monitoring { get; } = new(
        new MonitoringPlan
        {
            Tensors =
            [
                new() { Name = Early, Role = MonitoredTensorRole.Early, Dimension = EarlyDimension },
                new() { Name = Late, Role = MonitoredTensorRole.LastEmbedding, Dimension = LateDimension },
                new() { Name = LogitsName, Role = MonitoredTensorRole.Logits, Dimension = Classes },
            ],
            Scores =
            [
                OutOfDistributionScore.ClassMahalanobis(Early, weight: 1.5),
                OutOfDistributionScore.RelativeMahalanobis(Late, normalize: true),
                OutOfDistributionScore.Energy(LogitsName),
            ],
            LogitsColumnName = LogitsName,
        },
        Late);

    public static FeatureRows Draw(int count, int seed)
    {
        var random = new Random(seed);
        double[][] early = Means(EarlyDimension, EarlySpread, random);
        double[][] late = Means(LateDimension, LateSpread, random);
        var layout = new EmbeddingLayout((Early, EarlyDimension), (Late, LateDimension), (LogitsName, Classes));
        float[] values = new float[count * layout.Width];
        for (int row = 0; row < count; row++)
        {
            int c = random.Next(Classes);
            double[] first = [.. early[c].Select(mean => mean + NormalDistribution.Draw(random))];
            double[] last = [.. late[c].Select(mean => mean + NormalDistribution.Draw(random))];
            IEnumerable<double> logits = late.Select(means => means.Zip(last, (mean, value) => mean * (value - (mean / 2))).Sum());
            float[] all = [.. first.Concat(last).Concat(logits).Select(value => (float)value)];
            all.CopyTo(values, row * layout.Width);
        }

        return new FeatureRows(layout, values);
    }

    // Away from the origin, as embeddings after an activation are.
    private static double[][] Means(int dimension, double spread, Random random) =>
        [.. Enumerable.Range(0, Classes).Select(_ => Enumerable.Range(0, dimension).Select(_ => 2 + (spread * NormalDistribution.Draw(random))).ToArray())];
}
