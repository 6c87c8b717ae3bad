namespace Dime.Cluster.Grains;

/// <summary>What a worker answers.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Sha256">The hash of the part; empty where there is none.</param>
/// <param name="Text">Why there is no part, or what is to be said of it.</param>
[GenerateSerializer]
internal sealed record ShardReply(ShardOutcome Outcome, long Rows, string Sha256, string[] Text)
{
    public static ShardReply Without(ShardOutcome outcome, string reason) => new(outcome, 0, "", [reason]);
}

/// <summary>What comes of an attempt.</summary>
internal enum ShardOutcome
{
    /// <summary>The part is in its place.</summary>
    Done,

    /// <summary>The shard cannot be read.</summary>
    Unreadable,

    /// <summary>The worker may not read or write there.</summary>
    Refused,

    /// <summary>Something else is wrong, which another attempt would not mend.</summary>
    Failed,

    /// <summary>The worker is being stopped.</summary>
    Stopped,
}
