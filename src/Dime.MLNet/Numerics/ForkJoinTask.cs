using System.Runtime.ExceptionServices;

namespace Dime.MLNet.Numerics;

/// <summary>
/// The pieces of one task of <see cref="ForkJoin"/>. A thread that comes late finds none left,
/// and nobody waits for it.
/// </summary>
internal sealed class ForkJoinTask(int pieces, Action<int> piece) : IThreadPoolWorkItem
{
    private int _claimed;
    private int _completed;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Takes pieces until none is left.</summary>
    public void Work()
    {
        int index;
        while ((index = Interlocked.Increment(ref _claimed) - 1) < pieces)
        {
            try
            {
                piece(index);
            }
            catch (Exception exception)
            {
                Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(exception));
            }

            Interlocked.Increment(ref _completed);
        }
    }

    void IThreadPoolWorkItem.Execute() => Work();

    /// <summary>Waits for the pieces others have taken, and throws what one of them threw.</summary>
    public void Wait()
    {
        var spinner = new SpinWait();
        while (Volatile.Read(ref _completed) < pieces)
        {
            // Yields to a thread that has lost its processor, but never sleeps a whole tick.
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        Volatile.Read(ref _failure)?.Throw();
    }
}
