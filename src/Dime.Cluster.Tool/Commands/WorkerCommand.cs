using System.CommandLine;
using Dime.Cluster.Tool.Hosting;
using Dime.Cluster.Tool.Shards;
using Dime.Tool.Commands;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace Dime.Cluster.Tool.Commands;

/// <summary><c>dime-cluster worker</c>: reads shards until it is stopped.</summary>
internal sealed class WorkerCommand : ToolCommand
{
    private readonly ClusterOptions _cluster = new();
    private readonly Option<string[]> _allow = new("--allow")
    {
        Description = "A folder whose files it may read and write; may be given several times. Whatever lies elsewhere is refused.",
        HelpName = "folder",
        Required = true,
    };

    private readonly Option<int?> _slots = new("--slots")
    {
        Description = "How many shards it reads at a time; 1, which uses several cores already, if left out.",
        HelpName = "number",
        CustomParser = OptionParsers.WholeNumber(least: 1),
    };

    public WorkerCommand()
        : base("worker", "Starts a worker, which turns shards into sums until it is stopped.")
    {
        _cluster.AddTo(this);
        Add(_allow, _slots);
    }

    public override TimeSpan Patience => TimeSpan.FromSeconds(5);

    public override int Run(ParseResult parsed, ToolContext context) => RunAsync(parsed, context).GetAwaiter().GetResult();

    private async Task<int> RunAsync(ParseResult parsed, ToolContext context)
    {
        ClusterSettings settings = _cluster.Settings(parsed);
        string[] allowed = parsed.GetRequiredValue(_allow);
        foreach (string folder in allowed.Where(folder => !Directory.Exists(folder)))
        {
            throw new InputException($"There is no folder '{folder}'; name one that exists with --allow.");
        }

        await using ClusterHost host = await ClusterHost.StartAsync(
            settings,
            parsed.GetValue<bool>("--verbose"),
            silo =>
            {
                silo.Services.AddSingleton(context);
                silo.AddDimeWorker<ToolShardAccumulator>(options =>
                {
                    options.Slots = parsed.GetValue(_slots) ?? options.Slots;
                    foreach (string folder in allowed)
                    {
                        options.AllowedFolders.Add(folder);
                    }
                });
            },
            context.Cancelled).ConfigureAwait(false);
        context.Console.Remark($"Worker {host.EndPoint} has joined cluster '{settings.Cluster}' by {settings.Way}.");
        await host.WaitAsync(context.Cancelled).ConfigureAwait(false);
        context.Cancelled.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }
}
