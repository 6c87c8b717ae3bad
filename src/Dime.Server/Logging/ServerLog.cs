using Microsoft.Extensions.Logging;

namespace Dime.Server.Logging;

/// <summary>
/// All that the log is told. In one class, because the generator writes the methods of several in an order of its own each time, and builds of the
/// same sources would not be the same.
/// </summary>
internal static partial class ServerLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A request could not be answered.")]
    public static partial void LogRequestFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A row could not be scored.")]
    public static partial void LogRowFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A scored row could not be taken down.")]
    public static partial void LogObserverFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Model}, version {Version}.")]
    public static partial void LogServed(this ILogger logger, string model, int version);

    [LoggerMessage(Level = LogLevel.Error, Message = "'{File}' was not loaded; the model that was served before stays.")]
    public static partial void LogNotLoaded(this ILogger logger, Exception exception, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rows of {Model} drift: {Verdict}")]
    public static partial void LogDrift(this ILogger logger, string model, string verdict);

    [LoggerMessage(Level = LogLevel.Information, Message = "The rows of {Model} drift no more.")]
    public static partial void LogDriftEnded(this ILogger logger, string model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was seen of drift before is not gone on with; it is of another model, or cannot be read.")]
    public static partial void LogDriftUnread(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was seen of drift could not be written.")]
    public static partial void LogDriftUnsaved(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A flagged image is shown without a copy.")]
    public static partial void LogNoCopy(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rows} rows of the history are shown again.")]
    public static partial void LogHistoryRead(this ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the history has of the last minutes is not shown; it cannot be read.")]
    public static partial void LogHistoryUnread(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The history cannot be written; rows wait as far as there is room, and are lost beyond.")]
    public static partial void LogHistoryAway(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rows come faster than the history is written: {Rows} wait, and what finds no room is lost.")]
    public static partial void LogHistoryFull(this ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Information, Message = "The history is written again.")]
    public static partial void LogHistoryBack(this ILogger logger);
}
