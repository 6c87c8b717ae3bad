namespace Dime.Cluster.Coordination;

/// <summary>A shard that is to be done, with what has happened to it.</summary>
/// <param name="shard">The shard.</param>
/// <param name="stamp">What it looked like when the run began.</param>
/// <param name="part">The file for its sums.</param>
internal sealed class ShardTask(Shard shard, string stamp, string part)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private DateTimeOffset? _firstLoss;

    public Shard Shard => shard;

    public string Stamp => stamp;

    public string Part => part;

    /// <summary>How many attempts were begun.</summary>
    public int Attempts { get; set; }

    /// <summary>When the next attempt may begin.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    /// <summary>Whether it is tried again after an attempt was lost; at least once, and then for a time.</summary>
    /// <param name="now">Now.</param>
    /// <param name="retryFor">The time.</param>
    public bool IsTriedAgain(DateTimeOffset now, TimeSpan retryFor)
    {
        bool isFirst = _firstLoss is null;
        _firstLoss ??= now;
        NotBefore = now + Pause(Attempts);
        return isFirst || now - _firstLoss < retryFor;
    }

    private static TimeSpan Pause(int attempts) =>
        TimeSpan.FromTicks(Math.Min(_longestPause.Ticks, _firstPause.Ticks << Math.Min(attempts - 1, 10)));
}
