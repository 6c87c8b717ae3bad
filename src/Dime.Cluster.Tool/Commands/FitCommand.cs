using System.CommandLine;
using Dime.Cluster.Tool.Hosting;
using Dime.Cluster.Tool.Shards;
using Dime.Tool.Commands;
using Dime.Tool.Fitting;
using Dime.Tool.Inputs;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dime.Cluster.Tool.Commands;

/// <summary><c>dime-cluster fit</c>: has shards read by the workers, and merges their sums into a model.</summary>
internal sealed class FitCommand : ToolCommand
{
    private readonly ClusterOptions _cluster = new();
    private readonly PatienceOptions _patience = new();
    private readonly InputOptions _input = InputOptions.OfShards();
    private readonly SumsOptions _sums;
    private readonly DetectorOptions _detector = new();
    private readonly Option<string> _output = new("--output", "-o") { Description = "The model, a zip that mlContext.Model.Load reads.", HelpName = "model.zip", Required = true };
    private readonly Option<string?> _parts = new("--parts")
    {
        Description = "The folder for the shards' sums, which all workers share and may write to; the output's name with .parts behind it if left out. "
            + "A fit that is started again goes on from what is there.",
        HelpName = "folder",
    };

    public FitCommand()
        : base("fit", "Fits a detector to shards, which the workers of a cluster read.")
    {
        _sums = new SumsOptions(_input);
        _input.AddTo(this);
        Add(_output, _parts);
        _sums.AddTo(this, ofDime: _detector.FirstOfDime);
        _detector.AddTo(this);
        _patience.AddTo(this);
        _cluster.AddTo(this);
    }

    public override TimeSpan Patience => TimeSpan.FromSeconds(5);

    public override int Run(ParseResult parsed, ToolContext context)
    {
        string output = parsed.GetRequiredValue(_output);
        IReadOnlyList<string> shards = ShardFiles.Find(_input.Paths(parsed.CommandResult));
        SumsSettings sums = _sums.Settings(parsed);
        var settings = ShardSettings.Of(sums);

        // Whether the model can be written is known before hours of work, not after them.
        using (OutputFile place = context.Files.Create(output, [.. shards, sums.Images?.Network]))
        {
        }

        RemarkOnColumns(context.Console, shards[0], sums);
        var plan = new ShardPlan(
            [.. shards.Select(shard => new Shard(Path.GetFileName(shard), shard))],
            Path.GetFullPath(parsed.GetValue(_parts) ?? output + ".parts"),
            settings.ToText(),
            _input.SkipsUnreadable(parsed));
        ShardRun run = LibraryErrors.AsInput(() => RunAsync(parsed, context, plan).GetAwaiter().GetResult());
        if (run.Parts.Count == 0)
        {
            throw new InputException("No shard could be read, and nothing is left to fit to; see why above.");
        }

        FitResult result = MergeJob.ToModel(context, new MergeSettings(
            [.. run.Parts.Select(part => part.Path)],
            settings.Sums.Images?.Network,
            _detector.Settings(parsed.CommandResult),
            _detector.FirstOfDime(parsed.CommandResult),
            output));
        result = result with { Warnings = [.. result.Warnings, .. run.Unreadable.Select(shard => $"'{shard.Shard.Name}' is left out: {shard.Reason}")] };
        context.Console.Result(result, new Text(result.Sentence));
        return ExitCode.Success;
    }

    // All shards are read alike, and what is taken of the first shows it before hours of work.
    private static void RemarkOnColumns(ToolConsole console, string shard, SumsSettings sums)
    {
        if (sums.Images is not null)
        {
            return;
        }

        try
        {
            using var file = new EmbeddingFile(shard, sums.Embeddings);
            console.RemarkOn(file.Columns);
        }
        catch (Exception e) when (e is InputException or IOException)
        {
            // The worker that gets it says so.
        }
    }

    private async Task<ShardRun> RunAsync(ParseResult parsed, ToolContext context, ShardPlan plan)
    {
        try
        {
            await using ClusterHost host = await ClusterHost.StartAsync(
                _cluster.Settings(parsed), parsed.GetValue<bool>("--verbose"), silo => silo.AddDimeCoordinator(options => _patience.Set(parsed, options)), context.Cancelled).ConfigureAwait(false);
            return await host.Services.GetRequiredService<ShardCoordinator>()
                .RunAsync(plan, new ShardRunProgress(context.Console), context.Cancelled).ConfigureAwait(false);
        }
        catch (ClusterException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
