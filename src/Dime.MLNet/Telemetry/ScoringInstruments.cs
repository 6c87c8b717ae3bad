using System.Diagnostics;

namespace Dime.MLNet.Telemetry;

/// <summary>Reports what a detector of some name does. Nothing is computed, nor allocated, that nobody listens to.</summary>
internal sealed class ScoringInstruments
{
    private readonly KeyValuePair<string, object?> _model;
    private readonly KeyValuePair<string, object?>[] _scores;

    /// <param name="modelName">The value of the tag.</param>
    /// <param name="scoreNames">The names of the scores of an ensemble.</param>
    public ScoringInstruments(string modelName, IEnumerable<string> scoreNames)
    {
        _model = new KeyValuePair<string, object?>(Instruments.ModelTag, modelName);
        _scores = [.. scoreNames.Select(name => new KeyValuePair<string, object?>(Instruments.ScoreTag, name))];
    }

    public static bool CountNonFinite => Instruments.RowsNonFinite.Enabled;

    /// <summary>The time at which something begins; 0 where nobody wants to know.</summary>
    public static long Start() => Instruments.BatchDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public void RowsScored(int count, long ticks)
    {
        Instruments.RowsScored.Add(count, _model);
        if (ticks > 0)
        {
            Instruments.BatchDuration.Record(ticks / (double)Stopwatch.Frequency, _model);
        }
    }

    public void RowsNonFinite(int count)
    {
        if (count > 0)
        {
            Instruments.RowsNonFinite.Add(count, _model);
        }
    }

    public void Probabilities(ReadOnlySpan<float> probabilities, float limit)
    {
        if (Instruments.RowsFlagged.Enabled)
        {
            int flagged = 0;
            foreach (float probability in probabilities)
            {
                flagged += probability < limit ? 0 : 1;
            }

            if (flagged > 0)
            {
                Instruments.RowsFlagged.Add(flagged, _model);
            }
        }

        if (Instruments.Probability.Enabled)
        {
            foreach (float probability in probabilities)
            {
                // Of a model that is not calibrated there are none.
                if (!float.IsNaN(probability))
                {
                    Instruments.Probability.Record(probability, _model);
                }
            }
        }
    }

    /// <param name="probabilities">Row-major, of each score.</param>
    public void ScoreProbabilities(ReadOnlySpan<float> probabilities)
    {
        if (!Instruments.ScoreProbability.Enabled)
        {
            return;
        }

        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!float.IsNaN(probabilities[i]))
            {
                Instruments.ScoreProbability.Record(probabilities[i], _model, _scores[i % _scores.Length]);
            }
        }
    }
}
