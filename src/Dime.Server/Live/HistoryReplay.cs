using Dime.Server.History;
using Dime.Server.Logging;
using Dime.Server.Scoring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Live;

/// <summary>
/// Reads what the model said before the server was started back from the history, before the first request comes, so that the page and drift go on
/// where they were. A database that is away costs that alone.
/// </summary>
internal sealed class HistoryReplay(HistoryWriter history, ModelHost host, LiveFigures figures, DriftWatch drift, ILogger<HistoryReplay> logger) : IHostedService
{
    // Read and counted within a second.
    private const int MostRows = 100_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (history.Store is not { } store || host.Current is not { } model)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            DateTimeOffset since = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(LiveFigures.Steps * LiveFigures.StepSeconds);
            RecentRows recent = await store.ReadAsync(model, since, MostRows, LiveFigures.MostFlagged, patience.Token).ConfigureAwait(false);
            ScoredRow[] rows = [.. recent.Rows.Select(row => row.Row)];
            figures.Restore(rows, areCut: rows.Length == MostRows);
            foreach (HistoryRow flagged in recent.Flagged)
            {
                figures.Show(flagged.Row, flagged.Thumbnail);
            }

            drift.Restore(model, rows);
            _logger.LogHistoryRead(rows.Length);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            _logger.LogHistoryUnread(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
