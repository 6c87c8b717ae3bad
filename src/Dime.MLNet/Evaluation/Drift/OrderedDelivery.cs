namespace Dime.MLNet.Evaluation.Drift;

/// <summary>
/// Hands things on in the order in which they were queued, one at a time, whichever thread comes first, and under no lock: what
/// receives them may queue more, wait for others, or throw.
/// </summary>
/// <typeparam name="T">What is handed on.</typeparam>
/// <param name="receive">Receives them.</param>
internal sealed class OrderedDelivery<T>(Action<T> receive)
{
    private readonly Queue<T> _queue = new();
    private readonly object _lock = new();
    private bool _delivers;

    public void Enqueue(T item)
    {
        lock (_lock)
        {
            _queue.Enqueue(item);
        }
    }

    /// <summary>Hands on all that is queued, unless another thread, or a caller of this one, is doing so.</summary>
    public void Deliver()
    {
        while (TryBegin() is { } item)
        {
            try
            {
                receive(item.Value);
            }
            finally
            {
                lock (_lock)
                {
                    _delivers = false;
                }
            }
        }
    }

    private Item? TryBegin()
    {
        lock (_lock)
        {
            if (_delivers || _queue.Count == 0)
            {
                return null;
            }

            _delivers = true;
            return new Item(_queue.Dequeue());
        }
    }

    private sealed record Item(T Value);
}
