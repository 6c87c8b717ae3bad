using System.Globalization;

namespace Dime.Cluster;

/// <summary>Shards came to nothing; the others are done, and their sums are kept.</summary>
public sealed class ShardsFailedException : ClusterException
{
    private const int MostReasons = 5;

    /// <summary>An exception without failures.</summary>
    public ShardsFailedException()
    {
    }

    /// <param name="message">The sentence.</param>
    public ShardsFailedException(string message)
        : base(message)
    {
    }

    /// <param name="message">The sentence.</param>
    /// <param name="innerException">What is behind it.</param>
    public ShardsFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="failures">The shards, each with its reason.</param>
    /// <param name="total">The number of all shards.</param>
    public ShardsFailedException(IReadOnlyList<ShardFailure> failures, int total)
        : base(Sentence(failures, total)) => Failures = failures;

    /// <summary>The shards, each with its reason.</summary>
    public IReadOnlyList<ShardFailure> Failures { get; } = [];

    private static string Sentence(IReadOnlyList<ShardFailure> failures, int total)
    {
        string reasons = string.Join(" ", failures.Take(MostReasons).Select(failure => $"'{failure.Shard.Name}': {failure.Reason}"));
        string more = failures.Count > MostReasons ? string.Create(CultureInfo.InvariantCulture, $" And {failures.Count - MostReasons} more.") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{failures.Count} of {total} shards failed; the parts of the others are kept. {reasons}{more}");
    }
}
