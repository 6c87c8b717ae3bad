using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime demo</c>: the whole story on sample data, command by command.</summary>
internal sealed class DemoCommand : ToolCommand
{
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder for the sample data and what is made of it; what it holds of an earlier demo is replaced.",
        HelpName = "folder",
        DefaultValueFactory = _ => "dime-demo",
    };

    public DemoCommand(GeneralOptions general)
        : base("demo", "Shows all of it on sample data: a real network, images like its training data, and others.")
    {
        Add(_output);
        Validators.Add(result =>
        {
            if (general.IsJson(result))
            {
                result.AddError("The demo is for people: --json goes with the commands that it shows.");
            }
        });
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        var data = DemoData.Unpack(parsed.GetRequiredValue(_output));
        string model = data.Output(DemoData.Model);
        string[] sets = ["--in", data.Images("test"), "--ood", data.Images("ood-mnist"), data.Images("ood-cifar100")];
        (string Step, string[] Arguments)[] story =
        [
            ("Fit a detector to images that the network was trained on.",
                ["fit", "--images", data.Images("train"), "--onnx", data.Network, "--output", model]),
            ("Score handwritten digits, which it has never seen.",
                ["score", "--model", model, "--images", data.Images("ood-mnist"), "--output", data.Output(DemoData.Scores)]),
            ("Measure how well it tells other images from new ones of the kind it knows.",
                ["evaluate", "--model", model, .. sets]),
            ("Write a report to look at and to forward.",
                ["report", "--model", model, .. sets, "--title", $"{Path.GetFileName(data.Network)} on new images", "--output", data.Output(DemoData.Report)]),
            ("Put the detector into the network, for any ONNX Runtime.",
                ["export", "--model", model, "--fuse", data.Network, "--output", data.Output(DemoData.Guarded)]),
        ];
        foreach ((string step, string[] arguments) in story)
        {
            context.Console.Say(
                new Text(""),
                new Text(step, new Style(decoration: Decoration.Bold)),
                new Text($"  dime {string.Join(' ', arguments.Select(Quoted))}", new Style(Color.Grey)));
            ParseResult command = parsed.RootCommandResult.Command.Parse(arguments);
            if (command.Errors is [var error, ..])
            {
                // The folder's name is part of each command.
                throw new InputException($"{error.Message} Name another folder with --output.");
            }

            ((ToolCommand)command.CommandResult.Command).Run(command, context);
        }

        return ExitCode.Success;
    }

    private static string Quoted(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}
