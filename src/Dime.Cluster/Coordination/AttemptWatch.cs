using Dime.Cluster.Grains;

namespace Dime.Cluster.Coordination;

/// <summary>Makes sure that answers can still come: when a silo dies, a call or a reply between two others may be lost without a word.</summary>
/// <param name="inquiry">Asks workers what they are at.</param>
/// <param name="time">The time.</param>
internal sealed class AttemptWatch(WorkerInquiry inquiry, TimeProvider time)
{
    private const int MostMissed = 2;

    private static readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(3);

    /// <summary>Waits for an answer.</summary>
    /// <returns>The answer; null where it has not come in time.</returns>
    /// <exception cref="SiloUnavailableException">It will not come.</exception>
    public async Task<ShardReply?> AwaitAsync(Task<ShardReply> answer, Worker worker, string attempt, TimeSpan timeout, CancellationToken left)
    {
        long began = time.GetTimestamp();
        int missed = 0;
        while (true)
        {
            TimeSpan remaining = timeout - time.GetElapsedTime(began);
            if (remaining <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                return await answer.WaitAsync(remaining < _heartbeat ? remaining : _heartbeat, time, left).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!answer.IsCompleted)
            {
                missed = await IsAtAsync(worker, attempt, left).ConfigureAwait(false) ? 0 : missed + 1;
                if (missed >= MostMissed && !answer.IsCompleted)
                {
                    throw new SiloUnavailableException("The worker does not know of the attempt.");
                }
            }
        }
    }

    /// <summary>Waits until a worker is no longer at an attempt that nobody waits for.</summary>
    public async Task UntilLeftAsync(Task answer, Worker worker, string attempt, CancellationToken left)
    {
        while (!answer.IsCompleted && await IsAtAsync(worker, attempt, left).ConfigureAwait(false))
        {
            await answer.WaitAsync(_heartbeat, time, left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            left.ThrowIfCancellationRequested();
        }
    }

    // Who does not answer is taken to be at it: whether it is dead is the cluster's to say.
    private async Task<bool> IsAtAsync(Worker worker, string attempt, CancellationToken left) =>
        await inquiry.AskAsync(worker.Silo, left).ConfigureAwait(false) is not { } description || description.Attempts.Contains(attempt);
}
