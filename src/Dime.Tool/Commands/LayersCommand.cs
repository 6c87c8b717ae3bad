using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime layers</c>: the tensors that a detector can watch.</summary>
internal sealed class LayersCommand : ToolCommand
{
    private readonly Argument<string> _network = new("network") { Description = "An ONNX file." };
    private readonly Option<(int, int)?> _size = new("--size")
    {
        Description = "Width and height of the images, for a network that takes any.",
        HelpName = "WxH",
        CustomParser = OptionParsers.Size,
    };

    private readonly Option<bool> _all = new("--all") { Description = "List all tensors, not only activations." };

    public LayersCommand()
        : base("layers", "Lists the tensors of a network that a detector can watch, and the plan of what 'fit' watches by itself.")
    {
        Add(_network);
        Add(_all);
        Add(_size);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        LayersResult result = LayersJob.Run(parsed.GetRequiredValue(_network), parsed.GetValue(_all), parsed.GetValue(_size));
        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "tensor", "operator", "shape", "width");
        foreach (LayerResult layer in result.Layers)
        {
            table.AddRow(
                new Text(layer.IsRecommended ? "*" : ""),
                new Text(layer.Name),
                new Text(layer.Operator),
                new Text(layer.Shape),
                new Text($"{layer.EmbeddingWidth}"));
        }

        context.Console.Result(
            result,
            table,
            new Text(result.Layers.Any(layer => layer.IsRecommended)
                ? "* recommended for one DIME distance (--layer). Early tensors see texture and contrast, late ones what the network takes for the object; compare a few with 'dime evaluate'."
                : "No tensor can be recommended for one DIME distance; choose one with --layer, and compare on data you would want flagged."),
            new Text(result.TakesAnySize ? "The network takes images of any size, so that its maps have none. Give the one it was trained on with --size WxH, here and to 'dime fit'." : ""),
            new Text(result.Plan is { } plan
                ? $"Without --layer 'dime fit' watches these by an ensemble of scores:\n{Indented(plan.Text)}"
                : $"An ensemble of scores cannot be planned: {result.PlanFault}"));
        return ExitCode.Success;
    }

    private static string Indented(string lines) => string.Join('\n', lines.Split('\n').Select(line => "  " + line));
}
