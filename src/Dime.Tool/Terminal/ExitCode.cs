namespace Dime.Tool.Terminal;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>An error that the program did not foresee.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int CommandLine = 2;

    /// <summary>A file, a model or data cannot be used.</summary>
    public const int Input = 3;

    /// <summary>More rows are flagged than <c>--fail-over</c> allows.</summary>
    public const int TooManyFlagged = 4;

    /// <summary>The rows drifted.</summary>
    public const int Drifted = 4;

    /// <summary>Interrupted by SIGINT, as shells report it; other signals have their own number above 128.</summary>
    public const int Interrupted = 130;
}
