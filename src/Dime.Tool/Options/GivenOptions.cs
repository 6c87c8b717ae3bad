using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dime.Tool.Options;

/// <summary>Which options stand on a command line.</summary>
internal static class GivenOptions
{
    /// <summary>The name of the first option that is given; null for none.</summary>
    public static string? FirstGiven(this CommandResult result, params Option[] options) =>
        options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;
}
