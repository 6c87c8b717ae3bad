using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime export</c>: a detector for any ONNX Runtime.</summary>
internal sealed class ExportCommand : ToolCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string> _output = new("--output", "-o") { Description = "The ONNX file to write.", HelpName = "file.onnx", Required = true };
    private readonly Option<string?> _network = new("--fuse") { Description = "Put the detector into this network; without it, the detector is written alone.", HelpName = "file.onnx" };
    private readonly Option<string?> _layer = new("--layer") { Description = "The tensor to watch; those the model was fitted to if left out.", HelpName = "tensor" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "What the names of the detector's outputs begin with.", HelpName = "text" };

    public ExportCommand()
        : base("export", "Writes a detector as ONNX, alone or fused into the network it watches.")
    {
        Add(_model, _output, _network, _layer, _prefix);
        Validators.Add(result =>
        {
            if (result.GetValue(_network) is null && (result.GetValue(_layer) ?? result.GetValue(_prefix)) is not null)
            {
                result.AddError("--layer and --prefix go with --fuse.");
            }
        });
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        ExportResult result = ExportJob.Run(context, new ExportSettings(
            parsed.GetRequiredValue(_model),
            parsed.GetValue(_network),
            parsed.GetValue(_layer),
            parsed.GetValue(_prefix),
            parsed.GetRequiredValue(_output)));
        context.Console.Result(
            result,
            [
                new Text($"Written to {result.Output}."),
                .. result.Inputs.Select(input => new Text($"  input  {input}")),
                .. result.Outputs.Select(output => new Text($"  output {output}")),
            ]);
        return ExitCode.Success;
    }
}
