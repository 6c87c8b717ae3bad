using System.Globalization;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// Turns scores into p-values, these into the statistic T = −Σ wᵢ ln pᵢ (Fisher's, weighted), and that into a probability.
/// The last step is calibrated too, so that it does not matter how the scores depend on each other.
/// </summary>
internal sealed class EnsembleCalibration
{
    private readonly double[] _weights;

    /// <param name="weights">w of each score.</param>
    /// <param name="scores">Of each score.</param>
    /// <param name="statistic">The percentiles of T.</param>
    public EnsembleCalibration(double[] weights, ScoreCalibration[] scores, EmpiricalDistribution statistic)
    {
        _weights = weights;
        Scores = scores;
        Statistic = statistic;
    }

    public ScoreCalibration[] Scores { get; }

    public EmpiricalDistribution Statistic { get; }

    public long Count => Scores[0].Count;

    /// <param name="definitions">The scores of the ensemble.</param>
    /// <param name="rows">N×S finite scores of the calibration rows, of two at least.</param>
    /// <param name="percentileCount">How many percentiles to keep.</param>
    /// <param name="statistics">T of each row, in ascending order.</param>
    /// <exception cref="InvalidOperationException">A score is the same for all rows.</exception>
    public static EnsembleCalibration FromSample(
        IReadOnlyList<OutOfDistributionScore> definitions, ReadOnlySpan<float> rows, int percentileCount, out float[] statistics)
    {
        int scoreCount = definitions.Count;
        int count = rows.Length / scoreCount;
        var calibrations = new ScoreCalibration[scoreCount];
        double[] sums = new double[count];
        for (int score = 0; score < scoreCount; score++)
        {
            float[] values = Column(rows, scoreCount, score);
            calibrations[score] = FromColumn(definitions[score], values, percentileCount, out int farthest, out double farthestPValue);
            for (int i = 0; i < count; i++)
            {
                double pValue = i == farthest ? farthestPValue : calibrations[score].PValue(values[i]);
                sums[i] -= definitions[score].Weight * Math.Log(pValue);
            }
        }

        statistics = Array.ConvertAll(sums, value => (float)value);
        var statistic = EmpiricalDistribution.FromSample(statistics, percentileCount);
        return new EnsembleCalibration([.. definitions.Select(definition => definition.Weight)], calibrations, statistic);
    }

    /// <summary>T of the scores of one row.</summary>
    public float StatisticOf(ReadOnlySpan<float> scores)
    {
        double statistic = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            statistic -= _weights[i] * Math.Log(Scores[i].PValue(scores[i]));
        }

        return (float)statistic;
    }

    /// <summary>Turns N×S scores into 1 − p of each.</summary>
    public void ReplaceByProbabilities(Span<float> scores)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)(1 - Scores[i % Scores.Length].PValue(scores[i]));
        }
    }

    private static float[] Column(ReadOnlySpan<float> rows, int width, int column)
    {
        float[] values = new float[rows.Length / width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[(i * width) + column];
        }

        return values;
    }

    private static ScoreCalibration FromColumn(
        OutOfDistributionScore definition, float[] values, int percentileCount, out int farthest, out double farthestPValue)
    {
        farthest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            farthest = values[i] > values[farthest] ? i : farthest;
        }

        if (values.AsSpan().IndexOfAnyExcept(values[farthest]) < 0)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"The score {definition.Name} is {values[farthest]} for all {values.Length} calibration rows, so that it tells nothing: leave it out, or check column '{definition.ColumnName}' and the rows."));
        }

        // The farthest row is judged by the others, as a new row would be: by itself, it is never beyond what has been seen.
        float[] others = [.. values[..farthest], .. values[(farthest + 1)..]];
        farthestPValue = ScoreCalibration.FromSample(others, percentileCount).PValue(values[farthest]);
        return ScoreCalibration.FromSample([.. values], percentileCount);
    }
}
