using System.Threading.Channels;
using Dime.Server.History;
using Dime.Server.Images;
using Dime.Server.Scoring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Live;

/// <summary>
/// Takes scored rows down: counts them at once, and makes small copies of flagged images and rows of the history on a thread of its
/// own. Where that falls behind, copies are left out and the history loses rows, which is counted; answers never wait.
/// </summary>
internal sealed partial class Recorder(LiveFigures figures, DriftWatch drift, HistoryWriter history, ServerMeter meter, ILogger<Recorder> logger) : BackgroundService, IScoreObserver
{
    private const int MostRows = 8192;

    // Large images take memory while they wait, and the processor afterwards.
    private const int MostImages = 32;

    private readonly ILogger _logger = logger;
    private readonly Channel<(ScoredRow Row, LentPixels? Image)> _rows = Channel.CreateBounded<(ScoredRow, LentPixels?)>(
        new BoundedChannelOptions(MostRows) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private int _images;

    public bool Observe(ScoredRow row, ReadOnlySpan<float> features)
    {
        figures.Add(row);
        drift.Add(row, features);
        bool isFlagged = row.Score.IsOutOfDistribution is true;
        if (!isFlagged && !history.IsOn)
        {
            return false;
        }

        LentPixels? image = isFlagged && row.Input.Image is { } pixels && TryTakePlace() ? pixels : null;
        if (_rows.Writer.TryWrite((row, image)))
        {
            return image is not null;
        }

        FreePlace(image);
        if (history.IsOn)
        {
            meter.HistoryLost(1);
        }

        return false;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is in line is still taken down.
        _rows.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach ((ScoredRow row, LentPixels? image) in _rows.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Thumbnail? thumbnail = ThumbnailOf(image);
            if (row.Score.IsOutOfDistribution is true)
            {
                figures.Show(row, thumbnail);
            }

            history.Add(row, thumbnail);
        }
    }

    private Thumbnail? ThumbnailOf(LentPixels? image)
    {
        if (image is null)
        {
            return null;
        }

        try
        {
            return image.ToThumbnail();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNoCopy(e);
            return null;
        }
        finally
        {
            image.Dispose();
            FreePlace(image);
        }
    }

    private bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _images) <= MostImages)
        {
            return true;
        }

        Interlocked.Decrement(ref _images);
        return false;
    }

    private void FreePlace(LentPixels? image)
    {
        if (image is not null)
        {
            Interlocked.Decrement(ref _images);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A flagged image is shown without a copy.")]
    private partial void LogNoCopy(Exception exception);
}
