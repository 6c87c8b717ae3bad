using System.CommandLine;
using Dime.Server;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime serve</c>: scores what is sent to it, and shows a live page.</summary>
internal sealed class ServeCommand : ToolCommand
{
    private const string Anywhere = "http://127.0.0.1:8080";

    private readonly ModelOption _model = new();
    private readonly Option<string?> _network = new("--onnx") { Description = "The network whose own outputs are given when asked for; those that the pipeline computes anyway if left out.", HelpName = "network.onnx" };
    private readonly Option<string[]> _urls = new("--urls")
    {
        Description = $"Where to listen; {Anywhere} if left out. Any address that others reach needs --token-file.",
        HelpName = "url",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _history = new("--history") { Description = "Where scored rows are kept: the file of a SQLite database, or a connection string of PostgreSQL ('Host=…;Database=…').", HelpName = "history.db" };
    private readonly Option<int?> _days = new("--history-days")
    {
        Description = "How many days rows are kept; 30 if left out.",
        HelpName = "days",
        CustomParser = OptionParsers.WholeNumber(least: 1, most: 36_500),
    };

    private readonly Option<string?> _drift = new("--drift-state") { Description = "A file in which what was seen of drift outlives the server.", HelpName = "file" };
    private readonly Option<string?> _token = new("--token-file") { Description = "A file with the token that clients must send as 'Authorization: Bearer …'.", HelpName = "file" };

    public ServeCommand()
        : base("serve", "Scores images or embeddings that are sent to it, in batches, and shows a live page; loads the model again when its file changes.")
    {
        Add(_model, _network, _urls, _history, _days, _drift, _token);
    }

    public override TimeSpan Patience => ServeHost.Drain + TimeSpan.FromSeconds(10);

    public override int Run(ParseResult parsed, ToolContext context)
    {
        var monitoring = new DimeMonitoringOptions
        {
            ModelFile = parsed.GetRequiredValue(_model),
            NetworkFile = parsed.GetValue(_network),
            History = parsed.GetValue(_history),
            DriftStateFile = parsed.GetValue(_drift),
            Token = parsed.GetValue(_token) is { } file ? ServeSettings.ReadToken(file) : null,
        };
        if (parsed.GetValue(_days) is { } days)
        {
            monitoring.HistoryRetention = TimeSpan.FromDays(days);
        }

        string[] urls = parsed.GetValue(_urls) is { Length: > 0 } given ? [.. given.SelectMany(url => url.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))] : [Anywhere];
        ServeJob.RunAsync(
            context,
            new ServeSettings(urls, monitoring),
            context.Console.IsQuiet ? LogLevel.Warning : LogLevel.Information,
            addresses => context.Console.Result(
                new ServeResult(monitoring.ModelFile, addresses),
                new Text($"Serving {monitoring.ModelFile} at {string.Join(", ", addresses)}; Ctrl+C ends it.")))
            .GetAwaiter().GetResult();
        return ExitCode.Success;
    }

    /// <summary>What <c>dime serve</c> tells when it listens.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Addresses">Where it listens.</param>
    private sealed record ServeResult(string Model, IReadOnlyList<string> Addresses);
}
