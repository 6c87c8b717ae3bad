using System.Runtime.InteropServices;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>Collects the scores of calibration rows, a block at a time; the rows themselves are not kept.</summary>
internal sealed class EnsembleCalibrationSample(ModelledEnsemble model) : ICalibrationSample<ModelledEnsemble>
{
    private readonly List<float> _scores = [];
    private float[] _statistics = [];

    public long Count => _scores.Count / model.Scores.Count;

    /// <summary>The number of rows that were left out because a score was not finite, as it is where a value is not.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>The scores, <see cref="Count"/>×S.</summary>
    public ReadOnlySpan<float> Scores => CollectionsMarshal.AsSpan(_scores);

    ReadOnlySpan<float> ICalibrationSample<ModelledEnsemble>.Distances => _statistics;

    public ModelledEnsemble Calibrate(int percentileCount)
    {
        ModelledEnsemble calibrated = model.Calibrate(this, percentileCount, out _statistics);
        return calibrated;
    }

    public void Add(ReadOnlySpan<float> rows)
    {
        int width = model.Scores.Count;
        ReadOnlySpan<float> scores = model.MeasureScores(rows);
        for (int start = 0; start < scores.Length; start += width)
        {
            ReadOnlySpan<float> row = scores.Slice(start, width);
            if (Numerics.FiniteRows.IsFinite(row))
            {
                _scores.AddRange(row);
            }
            else
            {
                SkippedCount++;
            }
        }
    }
}
