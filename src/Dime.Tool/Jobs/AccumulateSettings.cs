using Dime.Tool.Fitting;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime accumulate</c> does.</summary>
/// <param name="Shards">The parts of the data, one or more, with different names.</param>
/// <param name="Sums">How they are read and summed.</param>
/// <param name="Output">The file of sums.</param>
internal sealed record AccumulateSettings(IReadOnlyList<Shard> Shards, SumsSettings Sums, string Output);
