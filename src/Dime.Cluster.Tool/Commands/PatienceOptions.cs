using System.CommandLine;
using Dime.Tool.Options;

namespace Dime.Cluster.Tool.Commands;

/// <summary>The options that say how long a fit waits for workers.</summary>
internal sealed class PatienceOptions
{
    private readonly Option<int?> _wait = Seconds("--wait", 0, "For how many seconds it waits for the first worker; 3 if left out.");
    private readonly Option<int?> _attempt = Seconds("--attempt-timeout", 1, "After how many seconds without a result a shard is given to another worker too; 3600 if left out.");
    private readonly Option<int?> _retry = Seconds("--retry-for", 0, "For how many seconds shards of lost workers are tried again, and workers awaited when all are lost; 600 if left out.");

    public void AddTo(Command command)
    {
        command.Add(_wait);
        command.Add(_attempt);
        command.Add(_retry);
    }

    public void Set(ParseResult parsed, DimeCoordinatorOptions options)
    {
        options.WaitForWorkers = Given(parsed, _wait) ?? options.WaitForWorkers;
        options.AttemptTimeout = Given(parsed, _attempt) ?? options.AttemptTimeout;
        options.RetryFor = Given(parsed, _retry) ?? options.RetryFor;
    }

    private static TimeSpan? Given(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static Option<int?> Seconds(string name, int least, string description) =>
        new(name) { Description = description, HelpName = "seconds", CustomParser = OptionParsers.WholeNumber(least) };
}
