using System.CommandLine;

namespace Dime.Tool.Commands;

/// <summary>The option that names a fitted model.</summary>
internal static class ModelOption
{
    public static Option<string> Model { get; } = new("--model", "-m") { Description = "The model: a zip with a detector in its pipeline.", HelpName = "model.zip", Required = true };
}
