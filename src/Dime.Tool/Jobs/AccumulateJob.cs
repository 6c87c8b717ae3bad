using Dime.Tool.Fitting;
using Dime.Tool.Outputs;

namespace Dime.Tool.Jobs;

/// <summary>Sums parts of the training data: the first half of a fit.</summary>
internal static class AccumulateJob
{
    /// <exception cref="InputException">An input cannot be used.</exception>
    public static SumsResult Run(ToolContext context, AccumulateSettings settings)
    {
        using OutputFile output = context.Files.Create(settings.Output, [.. settings.Shards.Select(shard => shard.Path), settings.Sums.Images?.Network]);
        var shards = ShardSums.Of(context.Console, settings.Shards, settings.Sums, context.Cancelled);
        shards.Sums.Save(output.Stream);
        output.Complete();
        return SumsResult.Of(settings.Output, shards.Sums) with { Unreadable = shards.Unreadable, Warnings = shards.Warnings, Columns = shards.Columns };
    }
}
