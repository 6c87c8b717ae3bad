using Dime.Tool.Fitting;
using Dime.Tool.Inputs;
using Dime.Tool.Jobs;
using Dime.Tool.Terminal;

namespace Dime.Cluster.Tool.Shards;

/// <summary>Reads a shard as <c>dime accumulate</c> does.</summary>
internal sealed class ToolShardAccumulator(ToolContext context, AllowedFolders allowed) : IShardAccumulator
{
    // Several shards may be read at a time, and what is noticed is the fit's to tell.
    private static readonly ToolConsole _silence = new(TextWriter.Null, TextWriter.Null, isJson: false, isQuiet: true);

    public Task<AccumulatedShard> AccumulateAsync(ShardRequest request, CancellationToken cancelled)
    {
        SumsSettings settings = Allowed(ShardSettings.Parse(request.Settings).Sums, request.Path);
        context.Console.Remark($"Began '{request.Name}'.");
        try
        {
            var shard = ShardSums.Of(_silence, [new Dime.Tool.Fitting.Shard(request.Path, request.Name)], settings, cancelled);
            context.Console.Remark($"Finished '{request.Name}'.");
            return Task.FromResult(new AccumulatedShard(
                shard.Sums,
                [
                    .. shard.Warnings,
                    .. shard.Unreadable.Select(image => $"'{image.File}' was left out, as it {image.Fault}"),
                ]));
        }
        catch (OperationCanceledException)
        {
            context.Console.Remark($"Gave up '{request.Name}'.");
            throw;
        }
        catch (Exception e) when (e is InputException or IOException && !cancelled.IsCancellationRequested)
        {
            throw new InvalidDataException(Failure.Of(e).Sentence, e);
        }
    }

    // The images of a folder may be links that lead out of it.
    private SumsSettings Allowed(SumsSettings settings, string path)
    {
        if (settings.Images is not { } images)
        {
            return settings;
        }

        foreach (string file in Directory.Exists(path) ? ImageFiles.Find(path) : [])
        {
            allowed.Require(file);
        }

        return settings with { Images = images with { Network = allowed.Require(images.Network) } };
    }
}
