using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dime.MLNet;
using Dime.Server.History;
using Dime.Server.Live;
using Dime.Server.Models;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Dime.Server.Endpoints;

/// <summary><c>GET /v1/live</c>: what the page shows, as server-sent events, each second anew; flagged rows once each.</summary>
internal sealed class LiveEndpoint(
    ModelHost host, LiveFigures figures, DriftWatch drift, HistoryWriter history, ServerMeter meter, DimeMonitoringOptions options, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private int _pages;

    /// <exception cref="RefusedException">As many pages are open as may be.</exception>
    public IResult Handle(HttpContext http)
    {
        long after = long.TryParse(http.Request.Headers["Last-Event-ID"], out long number) ? number : 0;
        if (Interlocked.Increment(ref _pages) > options.LivePages)
        {
            Interlocked.Decrement(ref _pages);
            throw new RefusedException(StatusCodes.Status429TooManyRequests, "As many pages are open as are kept up to date; close one.") { RetryAfter = 10 };
        }

        // Given back with the answer, even where it is never begun.
        http.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _pages);
            return Task.CompletedTask;
        });
        return TypedResults.ServerSentEvents(EventsAsync(after, http.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(long after, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        while (!ended.IsCancellationRequested)
        {
            foreach (FlaggedRow row in figures.FlaggedAfter(after))
            {
                after = row.Number;
                yield return new SseItem<string>(JsonSerializer.Serialize(row, AnswerJson.Options), "flagged") { EventId = $"{row.Number}" };
            }

            yield return new SseItem<string>(JsonSerializer.Serialize(Figures(), AnswerJson.Options), "figures");
            await Task.Delay(_pause, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private LiveAnswer Figures()
    {
        ServedModel? model = host.Current;
        DetectorTransformer? detector = model?.Model.Detector;
        bool isCalibrated = detector is { IsCalibrated: true, CalibrationRowCount: > 0 };
        DriftMonitor? monitor = model is null ? null : drift.Of(model);
        FigureSnapshot snapshot = figures.Take(monitor is null ? null : rows => monitor.ExpectedFlaggedShare(rows));
        return new LiveAnswer(
            model is null ? null : ModelAnswer.Of(model, host.LastReload),
            isCalibrated ? 1 - detector!.OutlierProbability : null,
            snapshot,
            LiveFigures.StepSeconds,
            LiveFigures.Steps,
            monitor is null ? null : DriftAnswer.Of(monitor, options.DriftWindowRows),
            history.IsOn ? new HistoryAnswer(history.IsReachable, meter.LostRows) : null);
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Model">The model.</param>
/// <param name="ExpectedShare">The share of rows that is flagged where nothing is wrong.</param>
/// <param name="Figures">The figures.</param>
/// <param name="StepSeconds">The length of a step of the series.</param>
/// <param name="Steps">How many steps the series goes back.</param>
/// <param name="Drift">Drift; null where the model tells nothing that rows could be compared with.</param>
/// <param name="History">The history; null where none is kept.</param>
internal sealed record LiveAnswer(ModelAnswer? Model, double? ExpectedShare, FigureSnapshot Figures, int StepSeconds, int Steps, DriftAnswer? Drift, HistoryAnswer? History);

/// <summary>The state of the history.</summary>
/// <param name="IsReachable">Whether the database took what it was given last.</param>
/// <param name="LostRows">How many rows it lost.</param>
internal sealed record HistoryAnswer(bool? IsReachable, long LostRows);
