using System.CommandLine;

namespace Dime.Tool.Commands;

/// <summary>Options of all commands.</summary>
internal static class GeneralOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Give the result as one JSON document.", Recursive = true };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Show no progress and no remarks.", Recursive = true };

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "After an error, show where it arose.", Recursive = true };
}
