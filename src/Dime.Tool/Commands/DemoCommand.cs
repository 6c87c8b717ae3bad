using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary><c>dime demo</c>: all of it on sample data.</summary>
internal static class DemoCommand
{
    private static readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder for the sample data and what is made of it; what it holds of an earlier demo is replaced.",
        HelpName = "folder",
        DefaultValueFactory = _ => "dime-demo",
    };

    public static Command Create(OutputFiles files)
    {
        var command = new Command("demo", "Shows all of it on sample data: a real network, images like its training data, and others.") { _output };
        command.Validators.Add(result =>
        {
            if (result.GetValue(GeneralOptions.Json))
            {
                result.AddError("The demo is for people: --json goes with the commands that it shows.");
            }
        });
        CommandAction.Set(command, files, (parsed, context) =>
        {
            DemoJob.Run(context, parsed.GetRequiredValue(_output));
            return ExitCode.Success;
        });
        return command;
    }
}
