using Microsoft.ML;

namespace Dime.MLNet.Pipeline;

/// <summary>A block of embeddings with their distances, and the getters of the columns that follow from them.</summary>
internal sealed class EmbeddingBlock : IMappedBlock
{
    private readonly ColumnReader<float> _features;
    private readonly ModelledEmbedding _model;
    private readonly OutputColumn[] _outputs;
    private readonly float _outlierProbability;
    private readonly float[] _rows;
    private readonly float[] _distances;
    private readonly float[] _withinDistances;

    /// <param name="features">Reads the embedding of the current row.</param>
    /// <param name="model">The fitted model, calibrated where probabilities are among the outputs.</param>
    /// <param name="outputs">All output columns.</param>
    /// <param name="activeOutput">Which of them will be asked for; nothing else is computed.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged.</param>
    /// <param name="capacity">The most rows the block will have.</param>
    public EmbeddingBlock(
        ColumnReader<float> features, ModelledEmbedding model, OutputColumn[] outputs, Func<int, bool> activeOutput, double outlierProbability, int capacity)
    {
        _features = features;
        _model = model;
        _outputs = outputs;

        // Probabilities are single precision, and a knot that is exactly the limit must be flagged.
        _outlierProbability = (float)outlierProbability;

        ILookup<bool, OutputColumn> active = outputs.Where((_, i) => activeOutput(i)).ToLookup(output => output.IsWithin);
        _rows = new float[capacity * model.Dimension];
        _distances = active[false].Any() ? new float[capacity] : [];
        _withinDistances = active[true].Any() ? new float[capacity] : [];
    }

    public void Read(int slot) => _features.Read().CopyTo(_rows.AsSpan(slot * _model.Dimension, _model.Dimension));

    public void Compute(int count) => _model.Measure(
        _rows.AsSpan(0, count * _model.Dimension),
        _distances.AsSpan(0, Math.Min(count, _distances.Length)),
        _withinDistances.AsSpan(0, Math.Min(count, _withinDistances.Length)));

    public Delegate GetterOf(int output, Func<int> slot) => _outputs[output].Value switch
    {
        OutputValue.Distance => (ValueGetter<float>)((ref float value) => value = _distances[slot()]),
        OutputValue.Probability => (ValueGetter<float>)((ref float value) => value = Probability(slot())),
        OutputValue.IsOutlier => (ValueGetter<bool>)((ref bool value) => value = Probability(slot()) >= _outlierProbability),
        OutputValue.WithinDistance => (ValueGetter<float>)((ref float value) => value = _withinDistances[slot()]),
        OutputValue.WithinProbability =>
            (ValueGetter<float>)((ref float value) => value = _model.WithinDistances!.ProbabilityOf(_withinDistances[slot()])),
        var other => throw new InvalidOperationException($"No getter is known for {other}."),
    };

    /// <summary>Does nothing: a block of embeddings holds managed memory only.</summary>
    public void Dispose()
    {
    }

    private float Probability(int slot) => _model.Distances!.ProbabilityOf(_distances[slot]);
}
