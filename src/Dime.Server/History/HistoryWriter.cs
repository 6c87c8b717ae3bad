using System.Threading.Channels;
using Dime.Server.Images;
using Dime.Server.Logging;
using Dime.Server.Scoring;
using Microsoft.Extensions.Logging;

namespace Dime.Server.History;

/// <summary>
/// Writes scored rows to the history, in batches behind the answers. While the database is away rows wait as far as there is room; what
/// does not fit is lost and counted.
/// </summary>
internal sealed class HistoryWriter : BegunService
{
    private const int MostRowsWaiting = 10_000;
    private const int MostRowsAtOnce = 500;

    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenRetentions = TimeSpan.FromMinutes(1);

    private readonly HistoryStore? _store;
    private readonly ServerMeter _meter;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<HistoryRow> _rows = Channel.CreateBounded<HistoryRow>(
        new BoundedChannelOptions(MostRowsWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private DateTimeOffset _retainedAt;
    private volatile bool _isLosing;

    /// <exception cref="Errors.InputException">The history names no database.</exception>
    public HistoryWriter(DimeMonitoringOptions options, ServerMeter meter, ILogger<HistoryWriter> logger, TimeProvider? time = null)
    {
        _store = options.History is { } text ? new HistoryStore(HistoryDatabase.Of(text), options) : null;
        _meter = meter;
        _logger = logger;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Whether rows are kept.</summary>
    public bool IsOn => _store is not null;

    /// <summary>Where rows are kept; null for nowhere.</summary>
    public HistoryStore? Store => _store;

    /// <summary>Whether the database took what it was given last; null where there is none, or nothing was given yet.</summary>
    public bool? IsReachable { get; private set; }

    /// <summary>Takes a row, or counts it as lost.</summary>
    public void Add(ScoredRow row, Thumbnail? thumbnail)
    {
        if (IsOn && !_rows.Writer.TryWrite(new HistoryRow(row, thumbnail)))
        {
            _meter.HistoryLost(1);
            if (!_isLosing)
            {
                _isLosing = true;
                _logger.LogHistoryFull(MostRowsWaiting);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _rows.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        if (ExecuteTask is { } running)
        {
            // A database that is away shall not hold up the end.
            _giveUp.CancelAfter(TimeSpan.FromSeconds(5));
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _stop.Dispose();
        _giveUp.Dispose();
        base.Dispose();
    }

    protected override async Task RunAsync()
    {
        if (_store is null)
        {
            return;
        }

        List<HistoryRow> batch = [];
        await TryAsync(_store.PrepareAsync).ConfigureAwait(false);
        while (await _rows.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (_rows.Reader.Count < MostRowsAtOnce)
            {
                await Task.Delay(_gathering, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            batch.Clear();
            while (batch.Count < MostRowsAtOnce && _rows.Reader.TryRead(out HistoryRow? row))
            {
                batch.Add(row);
            }

            await WriteAsync(_store, batch).ConfigureAwait(false);
        }

        await _store.DisposeAsync().ConfigureAwait(false);
    }

    // Until the database takes them, or the server ends.
    private async Task WriteAsync(HistoryStore store, List<HistoryRow> batch)
    {
        TimeSpan pause = _shortestPause;
        while (!await TryAsync(cancelled => store.WriteAsync(batch, cancelled)).ConfigureAwait(false))
        {
            if (_giveUp.IsCancellationRequested)
            {
                _meter.HistoryLost(batch.Count);
                return;
            }

            bool isStopping = _stop.IsCancellationRequested;
            await Task.Delay(isStopping ? _shortestPause : pause, isStopping ? _giveUp.Token : _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        _meter.HistoryWritten(batch.Count);
        _isLosing &= _rows.Reader.Count > 0;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (now - _retainedAt >= _betweenRetentions)
        {
            _retainedAt = now;
            await TryAsync(cancelled => store.RetainAsync(now, cancelled)).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_giveUp.Token).ConfigureAwait(false);
            if (IsReachable is false)
            {
                _logger.LogHistoryBack();
            }

            IsReachable = true;
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (IsReachable is not false)
            {
                _logger.LogHistoryAway(e);
            }

            IsReachable = false;
            return false;
        }
    }
}
