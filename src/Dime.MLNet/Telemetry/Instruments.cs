using System.Diagnostics.Metrics;

namespace Dime.MLNet.Telemetry;

/// <summary>The instruments of the meter "Dime.MLNet", named as OpenTelemetry's conventions have it. They cost nothing where nobody listens.</summary>
internal static class Instruments
{
    public const string ModelTag = "dime.model";

    public const string ScoreTag = "dime.score";

    private static readonly Meter _meter = new("Dime.MLNet", typeof(Instruments).Assembly.GetName().Version?.ToString(3));

    public static readonly Counter<long> RowsScored = _meter.CreateCounter<long>("dime.rows.scored", "{row}", "Rows that a detector measured.");

    public static readonly Counter<long> RowsFlagged = _meter.CreateCounter<long>("dime.rows.flagged", "{row}", "Rows that a detector flagged as out of distribution.");

    public static readonly Counter<long> RowsNonFinite = _meter.CreateCounter<long>("dime.rows.non_finite", "{row}", "Rows whose embeddings have a value that is not finite.");

    public static readonly Histogram<double> Probability = _meter.CreateHistogram<double>("dime.rows.probability", "1", "Probabilities of rows; uniform in [0, 1] on rows like the calibration rows.");

    public static readonly Histogram<double> ScoreProbability = _meter.CreateHistogram<double>("dime.scores.probability", "1", "Probabilities that each score of an ensemble gives rows.");

    public static readonly Histogram<double> BatchDuration = _meter.CreateHistogram<double>("dime.batch.duration", "s", "Time in which a detector measured a batch of rows, summed over threads.");

    public static readonly Counter<long> DriftWindows = _meter.CreateCounter<long>("dime.drift.windows", "{window}", "Windows of rows that were tested for drift.");

    public static readonly Histogram<double> DriftPValue = _meter.CreateHistogram<double>("dime.drift.p_value", "1", "P-values of windows of rows; small means drift.");

    public static readonly Histogram<double> DriftScorePValue = _meter.CreateHistogram<double>("dime.drift.scores.p_value", "1", "The smallest p-value of the tests of each score of an ensemble, of windows of rows.");

    public static readonly Counter<long> DriftAlarms = _meter.CreateCounter<long>("dime.drift.alarms", "{alarm}", "Alarms that were raised because rows drifted.");

    public static readonly UpDownCounter<long> DriftActive = _meter.CreateUpDownCounter<long>("dime.drift.active", "{alarm}", "Alarms of drift that have not ended.");
}
