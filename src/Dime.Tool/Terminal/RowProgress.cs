using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dime.Tool.Terminal;

/// <summary>Counts the rows that a job reads, shows them where someone watches, and stops the job when it is cancelled.</summary>
internal sealed class RowProgress : IDisposable
{
    // Rows may come by the million in a second.
    private const int MillisecondsBetweenShows = 100;

    private readonly CancellationToken _cancelled;
    private readonly TaskCompletionSource _ended = new();
    private readonly ProgressTask? _task;
    private readonly Task _display = Task.CompletedTask;
    private long _shownAt;

    /// <summary>Shows a progress bar until it is disposed.</summary>
    /// <param name="console">Where the bar is shown, if it is.</param>
    /// <param name="label">What is done.</param>
    /// <param name="rowCount">The number of rows; null where only reading them tells.</param>
    /// <param name="cancelled">Stops the job at the next row.</param>
    /// <param name="unit">What is counted, where it is not rows.</param>
    public RowProgress(ToolConsole console, string label, long? rowCount, CancellationToken cancelled, string unit = "rows")
    {
        _cancelled = cancelled;
        if (console.ShowsProgress)
        {
            TaskCompletionSource<ProgressTask> started = new();
            _display = console.Error.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RowCountColumn(unit), new RemainingTimeColumn())
                .StartAsync(context =>
                {
                    started.SetResult(context.AddTask(Markup.Escape(label), maxValue: rowCount ?? 1));
                    return _ended.Task;
                });
            _task = started.Task.GetAwaiter().GetResult();
            _task.IsIndeterminate = rowCount is null;
        }
    }

    /// <summary>The rows read so far.</summary>
    public long Rows { get; private set; }

    /// <exception cref="OperationCanceledException">The job is to stop.</exception>
    public void RowRead()
    {
        _cancelled.ThrowIfCancellationRequested();
        Rows++;
        if (_task is not null && Environment.TickCount64 - _shownAt >= MillisecondsBetweenShows)
        {
            Show(_task);
        }
    }

    public void Dispose()
    {
        _ended.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private void Show(ProgressTask task)
    {
        _shownAt = Environment.TickCount64;
        if (task.IsIndeterminate)
        {
            task.MaxValue = Rows + 1;
        }

        task.Value = Rows;
    }

    /// <summary>Rows and rows per second.</summary>
    private sealed class RowCountColumn(string unit) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{task.Value:N0} {unit}, {task.Speed ?? 0:N0}/s"));
    }
}
