using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Dime.Server.Scoring;

/// <summary>The requests that wait for a model, of so many rows at most, and their way into batches, which any number of loops take, one after the other.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody asks for has nothing to dispose.")]
internal sealed class RowQueue
{
    private readonly BatchLimits _limits;
    private readonly Channel<ScoreRequest> _requests;
    private readonly SemaphoreSlim _taking = new(1);
    private ScoreRequest? _current;
    private int _nextOfCurrent;
    private int _rows;
    private int _enough = 1;
    private Task<bool>? _more;

    public RowQueue(BatchLimits limits)
    {
        _limits = limits;
        _requests = Channel.CreateBounded<ScoreRequest>(new BoundedChannelOptions(limits.QueueRows) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>How many rows wait.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Puts a request in line.</summary>
    /// <returns>False where too many rows wait, or the queue is closed.</returns>
    public bool TryAdd(ScoreRequest request)
    {
        if (Interlocked.Add(ref _rows, request.Rows.Count) <= _limits.QueueRows && _requests.Writer.TryWrite(request))
        {
            return true;
        }

        Interlocked.Add(ref _rows, -request.Rows.Count);
        return false;
    }

    /// <summary>No request is taken any more; those in line are.</summary>
    public void Close() => _requests.Writer.TryComplete();

    /// <summary>
    /// Takes the rows of the next batch: those in line, and where they are less than half as many as the last time, it waits a little for
    /// those. One client alone is therefore never kept waiting, and of many some send while others are scored.
    /// </summary>
    /// <returns>False where the queue is closed and empty.</returns>
    public async ValueTask<bool> TakeAsync(List<PendingRow> batch)
    {
        await _taking.WaitAsync().ConfigureAwait(false);
        try
        {
            return await TakeAloneAsync(batch).ConfigureAwait(false);
        }
        finally
        {
            _taking.Release();
        }
    }

    private async ValueTask<bool> TakeAloneAsync(List<PendingRow> batch)
    {
        batch.Clear();
        long bytes = 0;
        long deadline = 0;
        while (batch.Count < _limits.Rows && bytes < _limits.Bytes)
        {
            if (_current is null && !_requests.Reader.TryRead(out _current))
            {
                if (batch.Count > 0)
                {
                    if (batch.Count >= _enough || !await WaitUntilAsync(deadline).ConfigureAwait(false))
                    {
                        break;
                    }

                    continue;
                }

                if (!await MoreAsync().ConfigureAwait(false))
                {
                    return false;
                }

                continue;
            }

            if (batch.Count == 0)
            {
                deadline = Stopwatch.GetTimestamp() + (long)(_limits.Wait.TotalSeconds * Stopwatch.Frequency);
            }

            var row = new PendingRow(_current!, _nextOfCurrent);
            bytes += row.Input.Image?.Bytes ?? 0;
            batch.Add(row);
            if (++_nextOfCurrent == _current!.Rows.Count)
            {
                _current = null;
                _nextOfCurrent = 0;
            }
        }

        _enough = (batch.Count + 1) / 2;
        Interlocked.Add(ref _rows, -batch.Count);
        return true;
    }

    private async ValueTask<bool> WaitUntilAsync(long deadline)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        // What is waited for in vain is waited for the next time.
        _more ??= _requests.Reader.WaitToReadAsync().AsTask();
        if (await Task.WhenAny(_more, Task.Delay(left)).ConfigureAwait(false) != _more)
        {
            return false;
        }

        return await MoreAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> MoreAsync()
    {
        Task<bool> more = _more ?? _requests.Reader.WaitToReadAsync().AsTask();
        _more = null;
        return await more.ConfigureAwait(false);
    }
}

/// <summary>A row of a batch, and whose it is.</summary>
/// <param name="Request">The request.</param>
/// <param name="Number">The row's place in it.</param>
internal readonly record struct PendingRow(ScoreRequest Request, int Number)
{
    public Models.RowInput Input => Request.Rows[Number];
}

/// <summary>How rows are put together.</summary>
/// <param name="QueueRows">The most rows that wait.</param>
/// <param name="Rows">The most rows of a batch.</param>
/// <param name="Bytes">The most memory of a batch's images, by one image at most exceeded.</param>
/// <param name="Wait">The longest that a row waits for others.</param>
internal sealed record BatchLimits(int QueueRows, int Rows, long Bytes, TimeSpan Wait);
