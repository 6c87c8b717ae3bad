using System.Runtime.CompilerServices;

namespace Dime.MLNet.Modelling;

/// <summary>
/// What a calibration set says of a distance: its percentiles linspace(0, 100, n), and from them the probability of a
/// distance as small or smaller.
/// </summary>
internal sealed class EmpiricalDistribution
{
    private readonly float[] _percentiles;

    /// <param name="percentiles">The percentiles, in ascending order; two at least.</param>
    public EmpiricalDistribution(float[] percentiles) => _percentiles = percentiles;

    public ReadOnlySpan<float> Percentiles => _percentiles;

    /// <summary>The same, to keep.</summary>
    public ReadOnlyMemory<float> PercentileMemory => _percentiles;

    /// <summary>Takes the percentiles of a sample, linearly interpolated between its order statistics.</summary>
    /// <param name="sample">One or more finite values; they are sorted in place.</param>
    /// <param name="percentileCount">How many percentiles to keep; two at least.</param>
    public static EmpiricalDistribution FromSample(Span<float> sample, int percentileCount)
    {
        sample.Sort();
        float[] percentiles = new float[percentileCount];
        for (int i = 0; i < percentileCount; i++)
        {
            double position = (double)i * (sample.Length - 1) / (percentileCount - 1);
            int below = Math.Min((int)position, sample.Length - 1);
            int above = Math.Min(below + 1, sample.Length - 1);
            percentiles[i] = (float)(sample[below] + ((position - below) * ((double)sample[above] - sample[below])));
        }

        return new EmpiricalDistribution(percentiles);
    }

    /// <summary>The share that belongs to the first percentile above <paramref name="distance"/>; 1 where there is none.</summary>
    public float ProbabilityOf(float distance) => (float)PreciseProbabilityOf(distance);

    /// <summary>The same, not rounded to single precision.</summary>
    public double PreciseProbabilityOf(float distance)
    {
        // Halves without a branch: which half it is cannot be predicted, and each wrong guess costs as much as five steps.
        float[] percentiles = _percentiles;
        int first = 0;
        for (int left = percentiles.Length; left > 1;)
        {
            int half = left >>> 1;
            first += half * OneUnlessBelow(distance, percentiles[first + half - 1]);
            left -= half;
        }

        first += OneUnlessBelow(distance, percentiles[first]);
        return first < percentiles.Length ? first / (percentiles.Length - 1.0) : 1;
    }

    public void ReplaceByProbabilities(Span<float> distances)
    {
        foreach (ref float value in distances)
        {
            value = ProbabilityOf(value);
        }
    }

    private static int OneUnlessBelow(float distance, float percentile) => Unsafe.BitCast<bool, byte>(!(distance < percentile));
}
