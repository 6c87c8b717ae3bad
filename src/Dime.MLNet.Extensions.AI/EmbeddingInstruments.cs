using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dime.MLNet;

/// <summary>The instruments of the meter "Dime.MLNet.Extensions.AI", as one detector reports to them. They cost nothing where nobody listens.</summary>
internal sealed class EmbeddingInstruments(string modelName)
{
    private static readonly Meter _meter = new("Dime.MLNet.Extensions.AI", typeof(EmbeddingInstruments).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long> _scored = _meter.CreateCounter<long>("dime.embeddings.scored", "{embedding}", "Embeddings that a detector measured.");

    private static readonly Counter<long> _flagged = _meter.CreateCounter<long>("dime.embeddings.flagged", "{embedding}", "Embeddings that a detector found out of distribution.");

    private static readonly Histogram<double> _probability = _meter.CreateHistogram<double>("dime.embeddings.probability", "1", "Probabilities of embeddings; uniform in [0, 1] on inputs like those of the calibration.");

    private static readonly Histogram<double> _duration = _meter.CreateHistogram<double>("dime.embeddings.duration", "s", "Time in which a detector measured the embeddings of a call.");

    private static readonly Counter<long> _observerErrors = _meter.CreateCounter<long>("dime.embeddings.observer_errors", "{error}", "Exceptions of those who were told of embeddings out of distribution.");

    private readonly KeyValuePair<string, object?> _model = new("dime.model", modelName);

    public void Scored(ReadOnlySpan<float> probabilities, int flagged, long startingTimestamp)
    {
        _duration.Record(Stopwatch.GetElapsedTime(startingTimestamp).TotalSeconds, _model);
        _scored.Add(probabilities.Length, _model);
        if (flagged > 0)
        {
            _flagged.Add(flagged, _model);
        }

        if (_probability.Enabled)
        {
            foreach (float probability in probabilities)
            {
                _probability.Record(probability, _model);
            }
        }
    }

    public void ObserverFailed() => _observerErrors.Add(1, _model);
}
