using Spectre.Console;

namespace Dime.Tool.Terminal;

/// <summary>Counts the rows that a job reads, shows them where someone watches, and stops the job when it is cancelled.</summary>
internal sealed class RowProgress
{
    // Rows may come by the million in a second.
    private const int MillisecondsBetweenShows = 100;

    private readonly ProgressTask? _task;
    private readonly CancellationToken _cancelled;
    private long _rows;
    private long _shownAt;

    private RowProgress(ProgressTask? task, CancellationToken cancelled)
    {
        _task = task;
        _cancelled = cancelled;
    }

    /// <summary>The rows read so far.</summary>
    public long Rows => _rows;

    /// <summary>Does a job under a progress bar.</summary>
    /// <param name="console">Where the bar is shown, if it is.</param>
    /// <param name="label">What is done.</param>
    /// <param name="rowCount">The number of rows; null where only reading them tells.</param>
    /// <param name="job">The job, which calls <see cref="RowRead"/> at each row.</param>
    /// <param name="cancelled">Stops the job at the next row.</param>
    public static T Run<T>(ToolConsole console, string label, long? rowCount, Func<RowProgress, T> job, CancellationToken cancelled)
    {
        if (!console.ShowsProgress)
        {
            return job(new RowProgress(null, cancelled));
        }

        return console.Error.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RowCountColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(label), maxValue: rowCount ?? 1);
                task.IsIndeterminate = rowCount is null;
                return job(new RowProgress(task, cancelled));
            });
    }

    /// <exception cref="OperationCanceledException">The job is to stop.</exception>
    public void RowRead()
    {
        _cancelled.ThrowIfCancellationRequested();
        _rows++;
        if (_task is not null && Environment.TickCount64 - _shownAt >= MillisecondsBetweenShows)
        {
            Show(_task);
        }
    }

    private void Show(ProgressTask task)
    {
        _shownAt = Environment.TickCount64;
        if (task.IsIndeterminate)
        {
            task.MaxValue = _rows + 1;
        }

        task.Value = _rows;
    }
}
