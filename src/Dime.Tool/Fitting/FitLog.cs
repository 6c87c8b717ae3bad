using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.Tool.Fitting;

/// <summary>What a fit, or a half of one, warns of: said at once, as what follows may take hours, and kept for the result.</summary>
internal sealed class FitLog
{
    private readonly ToolConsole _console;
    private readonly List<string> _warnings = [];

    /// <param name="mlContext">The context whose log is heard.</param>
    /// <param name="console">Where it is said.</param>
    /// <param name="isWhole">Whether a fit to the sums follows, which has the sums' warnings again.</param>
    public FitLog(MLContext mlContext, ToolConsole console, bool isWhole)
    {
        _console = console;
        mlContext.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning
                && message.Source.Contains("Dime", StringComparison.Ordinal)
                && !IsForPrograms(message)
                && !(isWhole && message.Source.EndsWith("Accumulate", StringComparison.Ordinal)))
            {
                Warn(message.RawMessage);
            }
        };
    }

    public IReadOnlyList<string> Warnings => _warnings;

    public void Warn(string text)
    {
        _warnings.Add(text);
        _console.Remark(text);
    }

    public void Warn(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Warn(text);
        }
    }

    // The tool leaves out what needs a calibration where there is none, calibrates after the fit with --calibration, and has advice of its own on limits.
    private static bool IsForPrograms(LoggingEventArgs message) =>
        message.Source.EndsWith("Uncalibrated", StringComparison.Ordinal) || message.Source.EndsWith("Outliers", StringComparison.Ordinal);
}
