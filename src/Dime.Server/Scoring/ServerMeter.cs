using System.Diagnostics.Metrics;

namespace Dime.Server.Scoring;

/// <summary>The server's own instruments; the library's <c>Dime.MLNet</c> has those of rows, probabilities and drift.</summary>
internal sealed class ServerMeter
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Dime.Server";

    /// <summary>The name of the library's meter.</summary>
    public const string LibraryName = "Dime.MLNet";

    private readonly Meter _meter;
    private readonly Histogram<int> _batchRows;
    private readonly Histogram<double> _batchSeconds;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _historyRows;
    private long _lostRows;

    public ServerMeter(IMeterFactory factory)
    {
        _meter = factory.Create(Name);
        _batchRows = _meter.CreateHistogram<int>("dime.server.batch.rows", "{row}", "Rows that were scored together.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
        _batchSeconds = _meter.CreateHistogram<double>("dime.server.batch.duration", "s", "How long a batch took.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] });
        _refused = _meter.CreateCounter<long>("dime.server.requests.refused", "{request}", "Requests to score that were answered with an error, by status.");
        _reloads = _meter.CreateCounter<long>("dime.server.model.reloads", "{reload}", "Attempts to load another model, by result.");
        _historyRows = _meter.CreateCounter<long>("dime.server.history.rows", "{row}", "Rows of the history, by result: written, or lost because the database was away or slow.");
    }

    /// <summary>How many rows the history lost.</summary>
    public long LostRows => Interlocked.Read(ref _lostRows);

    public void BatchScored(int rows, TimeSpan time)
    {
        _batchRows.Record(rows);
        _batchSeconds.Record(time.TotalSeconds);
    }

    public void RequestRefused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Reloaded(bool succeeded) => _reloads.Add(1, Result(succeeded ? "succeeded" : "failed"));

    public void HistoryWritten(int rows) => _historyRows.Add(rows, Result("written"));

    public void HistoryLost(int rows)
    {
        Interlocked.Add(ref _lostRows, rows);
        _historyRows.Add(rows, Result("lost"));
    }

    /// <summary>Watches the model that is served.</summary>
    public void Watch(Func<ServedModel?> current)
    {
        _meter.CreateObservableGauge("dime.server.queue.rows", () => current()?.QueuedRows ?? 0, "{row}", "Rows that wait to be scored.");
        _meter.CreateObservableGauge("dime.server.model.version", () => current()?.Version ?? 0, "{version}", "1 for the first model, and one more for each that took its place.");
    }

    private static KeyValuePair<string, object?> Result(string value) => new("result", value);
}
