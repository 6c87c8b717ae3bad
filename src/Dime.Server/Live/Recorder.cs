using System.Threading.Channels;
using Dime.Server.History;
using Dime.Server.Images;
using Dime.Server.Logging;
using Dime.Server.Scoring;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Live;

/// <summary>
/// Takes scored rows down: counts them and hands them to the history at once, and makes small copies of flagged images on a thread of its
/// own. Where that falls behind, copies are left out; where the history does, it loses rows, which is counted. Answers never wait.
/// </summary>
internal sealed class Recorder(LiveFigures figures, DriftWatch drift, HistoryWriter history, ILogger<Recorder> logger) : BegunService, IScoreObserver
{
    // Large images take memory while they wait, and the processor afterwards.
    private const int MostImages = 32;

    private readonly ILogger _logger = logger;
    private readonly Channel<(ScoredRow Row, LentPixels Image)> _images = Channel.CreateBounded<(ScoredRow, LentPixels)>(
        new BoundedChannelOptions(MostImages) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public bool Observe(ScoredRow row, ReadOnlySpan<float> features)
    {
        figures.Add(row);
        drift.Add(row, features);
        bool isFlagged = row.Score.IsOutOfDistribution is true;
        if (isFlagged && row.Input.Image is { } image && _images.Writer.TryWrite((row, image)))
        {
            return true;
        }

        Show(row, isFlagged, thumbnail: null);
        return false;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is in line is still taken down.
        _images.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task RunAsync()
    {
        await foreach ((ScoredRow row, LentPixels image) in _images.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Show(row, isFlagged: true, ThumbnailOf(image));
        }
    }

    private void Show(ScoredRow row, bool isFlagged, Thumbnail? thumbnail)
    {
        if (isFlagged)
        {
            figures.Show(row, thumbnail);
        }

        history.Add(row, thumbnail);
    }

    private Thumbnail? ThumbnailOf(LentPixels image)
    {
        try
        {
            return image.ToThumbnail();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _logger.LogNoCopy(e);
            return null;
        }
        finally
        {
            image.Dispose();
        }
    }
}
