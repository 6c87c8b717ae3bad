using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime export</c>: a detector for any ONNX Runtime.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> _output = new("--output", "-o") { Description = "The ONNX file to write.", HelpName = "file.onnx", Required = true };
    private static readonly Option<string?> _network = new("--fuse") { Description = "Put the detector into this network; without it, the detector is written alone.", HelpName = "file.onnx" };
    private static readonly Option<string?> _layer = new("--layer") { Description = "The tensor to watch; the one the model was fitted to if left out.", HelpName = "tensor" };
    private static readonly Option<string?> _prefix = new("--prefix") { Description = "What the names of the detector's outputs begin with.", HelpName = "text" };

    public static Command Create(OutputFiles files)
    {
        var command = new Command("export", "Writes a detector as ONNX, alone or fused into the network it watches.") { ModelOption.Model, _output, _network, _layer, _prefix };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_network) is null && (result.GetValue(_layer) ?? result.GetValue(_prefix)) is not null)
            {
                result.AddError("--layer and --prefix go with --fuse.");
            }
        });
        CommandAction.Set(command, files, (parsed, context) =>
        {
            Show(context, ExportJob.Run(context, new ExportSettings(
                parsed.GetRequiredValue(ModelOption.Model),
                parsed.GetValue(_network),
                parsed.GetValue(_layer),
                parsed.GetValue(_prefix),
                parsed.GetRequiredValue(_output))));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Says what was written.</summary>
    public static void Show(ToolContext context, ExportResult result) => context.Console.Result(
        result,
        [
            new Text($"Written to {result.Output}."),
            .. result.Inputs.Select(input => new Text($"  input  {input}")),
            .. result.Outputs.Select(output => new Text($"  output {output}")),
        ]);
}
