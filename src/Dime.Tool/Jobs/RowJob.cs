using Dime.Tool.Inputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>A job that reads all rows of a source.</summary>
internal static class RowJob
{
    /// <summary>Does the job under a progress bar. Where it fails, the source is asked for the row that is to blame.</summary>
    public static T Run<T>(ToolContext context, string label, IRowSource source, Func<RowProgress, T> job)
    {
        RowProgress? progress = null;
        try
        {
            return RowProgress.Run(
                context.Console,
                label,
                source.RowCount,
                started =>
                {
                    progress = started;
                    return job(started);
                },
                context.Cancelled);
        }
        catch (Exception e) when (!context.Cancelled.IsCancellationRequested && source.Explain(progress?.Rows ?? 0) is { } culprit)
        {
            throw new InputException(culprit, e);
        }
    }
}
