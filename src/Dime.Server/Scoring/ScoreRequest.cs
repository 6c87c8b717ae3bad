using Dime.Server.Models;

namespace Dime.Server.Scoring;

/// <summary>Rows that came together and are answered together, by one model.</summary>
/// <param name="rows">The rows; whoever scores them disposes them.</param>
/// <param name="wantsOutputs">Whether the network's own outputs are wanted.</param>
/// <param name="cancelled">Nobody waits for the answer any more.</param>
internal sealed class ScoreRequest(IReadOnlyList<RowInput> rows, bool wantsOutputs, CancellationToken cancelled)
{
    private readonly RowResult?[] _results = new RowResult?[rows.Count];
    private readonly TaskCompletionSource<RowResult[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = rows.Count;

    public IReadOnlyList<RowInput> Rows => rows;

    public bool WantsOutputs => wantsOutputs;

    public bool IsCancelled => cancelled.IsCancellationRequested;

    /// <summary>What the model says of each row.</summary>
    public Task<RowResult[]> Answer => _answer.Task;

    public void Complete(int row, RowResult result)
    {
        _results[row] = result;
        CloseOne();
    }

    /// <summary>A row cannot be scored, and so the request cannot be answered.</summary>
    public void Fail(Exception exception)
    {
        _answer.TrySetException(exception);
        CloseOne();
    }

    /// <summary>A row is not scored because nobody waits for it.</summary>
    public void Skip()
    {
        _answer.TrySetCanceled(cancelled);
        CloseOne();
    }

    private void CloseOne()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _answer.TrySetResult(_results!);
        }
    }
}
