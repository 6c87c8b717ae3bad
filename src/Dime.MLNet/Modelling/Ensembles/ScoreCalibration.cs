namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// What calibration rows say of one score: its percentiles, and beyond the largest an exponential tail, the limit of
/// excesses over a high threshold that light tails have (Pickands 1975; Balkema and de Haan 1974).
/// </summary>
internal sealed class ScoreCalibration
{
    /// <summary>No p-value is smaller.</summary>
    public const double LeastPValue = 1e-30;

    /// <summary>The share of the scores that the tail begins with.</summary>
    public const double TailShare = 0.02;

    private readonly float _largest;

    /// <param name="percentiles">linspace(0, 100, m) of the scores.</param>
    /// <param name="count">n, the number of scores.</param>
    /// <param name="tailStart">u, their 98th percentile.</param>
    /// <param name="meanExcess">β, the mean of what those above u exceed it by; 0 where there are none.</param>
    public ScoreCalibration(EmpiricalDistribution percentiles, long count, double tailStart, double meanExcess)
    {
        Percentiles = percentiles;
        Count = count;
        TailStart = tailStart;
        MeanExcess = meanExcess;
        _largest = percentiles.Percentiles[^1];
    }

    public EmpiricalDistribution Percentiles { get; }

    public long Count { get; }

    public double TailStart { get; }

    public double MeanExcess { get; }

    /// <param name="scores">One or more finite scores; they are sorted in place.</param>
    /// <param name="percentileCount">m, two at least.</param>
    public static ScoreCalibration FromSample(Span<float> scores, int percentileCount)
    {
        var percentiles = EmpiricalDistribution.FromSample(scores, percentileCount);
        double position = (1 - TailShare) * (scores.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, scores.Length - 1);
        double tailStart = scores[below] + ((position - below) * ((double)scores[above] - scores[below]));

        double excess = 0;
        int count = 0;
        for (int i = below; i < scores.Length; i++)
        {
            if (scores[i] > tailStart)
            {
                excess += scores[i] - tailStart;
                count++;
            }
        }

        return new ScoreCalibration(percentiles, scores.Length, tailStart, count == 0 ? 0 : excess / count);
    }

    /// <summary>The probability of a larger score, in [1e-30, 1]; no less than 1/(n + 1) up to the largest calibration score, however many have it.</summary>
    public double PValue(float score)
    {
        if (!float.IsFinite(score))
        {
            return LeastPValue;
        }

        double floor = 1.0 / (Count + 1);
        double value = score <= _largest
            ? Math.Max(1 - Percentiles.PreciseProbabilityOf(score), floor)
            : Math.Min(floor, TailShare * Math.Exp(-(score - TailStart) / MeanExcess));
        return Math.Max(value, LeastPValue);
    }
}
