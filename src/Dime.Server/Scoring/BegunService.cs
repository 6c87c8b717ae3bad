using Microsoft.Extensions.Hosting;

namespace Dime.Server.Scoring;

/// <summary>
/// A service whose work has begun when it is started. That of .NET 10 is left out, and told as a fault, where its host ends before a thread
/// was free for it (dotnet/runtime 131249), as when another service does not start.
/// </summary>
internal abstract class BegunService : BackgroundService
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public sealed override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        await _begun.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Works until the service is told to stop.</summary>
    protected abstract Task RunAsync();

    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _begun.TrySetResult();
        return RunAsync();
    }
}
