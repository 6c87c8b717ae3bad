using Dime.MLNet.Numerics.Distributions;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>What n calibration rows say of the probabilities of one score, or of the whole: how many of m rows are flagged, and how they are spread.</summary>
internal sealed class CalibratedScore
{
    private readonly long _calibrationRows;
    private readonly float _limit;
    private readonly int[]? _previous;

    /// <param name="name">The name of the score; null for the whole.</param>
    /// <param name="percentiles">Its knots; empty where they are not known, and taken for all different.</param>
    /// <param name="percentileCount">K, their number.</param>
    /// <param name="calibrationRows">n.</param>
    /// <param name="outlierProbability">From which on a row is flagged.</param>
    public CalibratedScore(string? name, ReadOnlySpan<float> percentiles, int percentileCount, long calibrationRows, double outlierProbability)
    {
        Name = name;
        _calibrationRows = calibrationRows;
        _limit = (float)outlierProbability;
        _previous = percentiles.IsEmpty ? null : PreviousProbabilities(percentiles);
        int knot = LimitKnot(percentileCount, _limit);
        while (knot > 0 && !percentiles.IsEmpty && percentiles[knot - 1] == percentiles[knot])
        {
            knot--;
        }

        // Knot i of K is the percentile i / (K − 1): row i(n − 1) / (K − 1) of the sorted calibration rows, counted from 0.
        long below = (long)Math.Ceiling((decimal)knot * (calibrationRows - 1) / (percentileCount - 1));
        RowsAtLimit = calibrationRows - below;
    }

    public string? Name { get; }

    /// <summary>r: how many calibration rows lie at or above the limit.</summary>
    public long RowsAtLimit { get; }

    public bool IsFlagged(double probability) => (float)probability >= _limit;

    public DriftTestResult TestFlagged(long flagged, long rows) => new(
        DriftTestKind.FlaggedShare,
        Name,
        (double)flagged / rows,
        Math.Min(1, (RowsAtLimit + 1.0) / (_calibrationRows + 1)),
        UpperTails.BetaBinomial(rows, RowsAtLimit + 1, _calibrationRows - RowsAtLimit, flagged));

    /// <summary>The quantiles of the number that is flagged of rows like the calibration rows.</summary>
    /// <param name="rows">m, above 0.</param>
    /// <param name="tail">The probability on either side, above 0 and below ½.</param>
    public (long Low, long High) FlaggedBetween(long rows, double tail) =>
        BetaBinomialQuantiles.Of(rows, RowsAtLimit + 1, _calibrationRows - RowsAtLimit, tail);

    /// <param name="sorted">The probabilities of the rows, ascending.</param>
    public DriftTestResult TestDistribution(ReadOnlySpan<double> sorted)
    {
        double distance = DistanceToUniform(sorted);
        double root = Math.Sqrt((double)_calibrationRows * sorted.Length / ((double)_calibrationRows + sorted.Length));
        return new DriftTestResult(DriftTestKind.Distribution, Name, distance, 0, UpperTails.Kolmogorov((root + 0.12 + (0.11 / root)) * distance));
    }

    /// <summary>
    /// The largest distance between the distribution of the probabilities and the uniform one. Where the knots are known, they are
    /// compared where a probability can lie alone: calibration rows that are alike leave gaps, which are no drift.
    /// </summary>
    private double DistanceToUniform(ReadOnlySpan<double> sorted)
    {
        double distance = 0;
        int next;
        for (int first = 0; first < sorted.Length; first = next)
        {
            double probability = sorted[first];
            for (next = first + 1; next < sorted.Length && sorted[next] == probability; next++)
            {
            }

            double before = Previous(probability) - ((double)first / sorted.Length);
            double after = ((double)next / sorted.Length) - probability;
            distance = Math.Max(distance, Math.Max(before, after));
        }

        return distance;
    }

    /// <summary>The largest probability below one that a row can have; that itself where it can have any.</summary>
    private double Previous(double probability)
    {
        if (_previous is null)
        {
            return probability;
        }

        // Probabilities are rounded to single precision.
        double tolerance = Math.Max(1e-3, Math.ScaleB(_previous.Length, -23));
        double position = probability * (_previous.Length - 1);
        int knot = (int)Math.Round(position);
        return Math.Abs(position - knot) < tolerance ? _previous[knot] / (_previous.Length - 1.0) : probability;
    }

    /// <summary>The knot from which on distances are flagged: with j of its percentiles at or below it, a distance has the probability j / (K − 1).</summary>
    private static int LimitKnot(int percentileCount, float limit)
    {
        // The product is exact, so that all from here on are flagged. One below may be too, as the comparison that flags rows rounds.
        int above = (int)Math.Ceiling(limit * (percentileCount - 1.0));
        while (above > 1 && (float)((above - 1) / (percentileCount - 1.0)) >= limit)
        {
            above--;
        }

        return Math.Max(above, 1) - 1;
    }

    private static int[] PreviousProbabilities(ReadOnlySpan<float> percentiles)
    {
        int[] previous = new int[percentiles.Length];
        int last = 0;
        for (int i = 1; i < previous.Length; i++)
        {
            previous[i] = last;

            // A distance with i percentiles at or below it exists where the next one is larger.
            last = percentiles[i - 1] < percentiles[i] ? i : last;
        }

        return previous;
    }
}
