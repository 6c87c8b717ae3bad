using System.Runtime.InteropServices;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>Collects the distances of calibration rows, a block at a time; the rows themselves are not kept.</summary>
internal sealed class CalibrationSample(ModelledEmbedding model) : ICalibrationSample<ModelledEmbedding>
{
    private readonly List<float> _distances = [];
    private readonly List<float> _withinDistances = [];
    private double _squaredNorms;

    public long Count => _distances.Count;

    /// <summary>The number of rows that were left out because a distance was not finite, as it is where a value is not.</summary>
    public long SkippedCount { get; private set; }

    public Span<float> Distances => CollectionsMarshal.AsSpan(_distances);

    ReadOnlySpan<float> ICalibrationSample<ModelledEmbedding>.Distances => Distances;

    /// <summary>Empty where the model has no distance within the hyperplane.</summary>
    public Span<float> WithinDistances => CollectionsMarshal.AsSpan(_withinDistances);

    /// <summary>The root mean square of the rows' lengths as they are measured, beside which a distance is large or rounding.</summary>
    public double TypicalNorm => Math.Sqrt(_squaredNorms / Count);

    public ModelledEmbedding Calibrate(int percentileCount) => model.Calibrate(this, percentileCount);

    public void Add(ReadOnlySpan<float> rows)
    {
        int count = RowShape.CountRows(rows.Length, model.Dimension, nameof(rows));
        float[] distances = new float[count];
        float[] withinDistances = model.HasDistanceWithinHyperplane ? new float[count] : [];
        model.Measure(rows, distances, withinDistances);
        for (int i = 0; i < count; i++)
        {
            if (!float.IsFinite(distances[i]) || (withinDistances.Length > 0 && !float.IsFinite(withinDistances[i])))
            {
                SkippedCount++;
                continue;
            }

            _squaredNorms += model.Normalizes ? 1 : SumOfSquares.Of(rows.Slice(i * model.Dimension, model.Dimension));
            _distances.Add(distances[i]);
            if (withinDistances.Length > 0)
            {
                _withinDistances.Add(withinDistances[i]);
            }
        }
    }
}
