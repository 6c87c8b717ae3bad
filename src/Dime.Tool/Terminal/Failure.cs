using System.Text.RegularExpressions;

namespace Dime.Tool.Terminal;

/// <summary>What is said of an exception, and the exit code that goes with it.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Sentence">One plain sentence.</param>
internal sealed partial record Failure(int Code, string Sentence)
{
    public static Failure Of(Exception exception)
    {
        Exception cause = Cause.Of(exception);
        if (Cause.IsOfMemory(exception))
        {
            return new Failure(ExitCode.Input, "There is too little memory for this; give the process more, or it less to hold: shorter embeddings, fewer classes, smaller parts.");
        }

        return cause is InputException || IsOfSystem(exception.GetBaseException())
            ? new Failure(ExitCode.Input, OneLine(cause.Message))
            : new Failure(ExitCode.Unexpected, $"Unexpected {cause.GetType().Name}: {OneLine(cause.Message)} --verbose shows where; please report it.");
    }

    /// <param name="output">The file that was not written for it; null where none was open.</param>
    public static Failure OfInterruption(string? output) =>
        new(ExitCode.Interrupted, output is null ? "Interrupted." : $"Interrupted; '{output}' was not written.");

    // The operating system refuses a file: it is missing or locked, may not be read, or the disk is full.
    private static bool IsOfSystem(Exception e) => e is IOException or UnauthorizedAccessException;

    private static string OneLine(string message) => WhiteSpace().Replace(ParameterName().Replace(message, ""), " ").Trim();

    // What .NET appends to the message of an ArgumentException; it speaks of code.
    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
