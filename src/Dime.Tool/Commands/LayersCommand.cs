using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime layers</c>: the tensors that a detector can watch.</summary>
internal static class LayersCommand
{
    private static readonly Argument<string> _network = new("network") { Description = "An ONNX file." };
    private static readonly Option<bool> _all = new("--all") { Description = "List all tensors, not only activations." };

    public static Command Create(OutputFiles files)
    {
        var command = new Command("layers", "Lists the tensors of a network that a detector can watch, and marks the one to begin with.") { _network, _all };
        CommandAction.Set(command, files, (parsed, context) => Run(context, parsed.GetRequiredValue(_network), parsed.GetValue(_all)));
        return command;
    }

    private static int Run(ToolContext context, string file, bool all)
    {
        IReadOnlyList<MonitoredLayer> layers = MonitoredLayer.Of(NetworkFile.Load(file));
        MonitoredLayer? recommended = LayerAdvice.Recommend(layers);
        MonitoredLayer[] shown = [.. layers.Where(layer => all || LayerAdvice.IsActivation(layer))];
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "tensor", "operator", "shape", "width");
        foreach (MonitoredLayer layer in shown)
        {
            table.AddRow(
                new Text(layer == recommended ? "*" : ""),
                new Text(layer.Name),
                new Text(layer.Operator),
                new Text(layer.Shape),
                new Text($"{layer.Width}"));
        }

        context.Console.Result(
            shown.Select(layer => new { layer.Name, layer.Operator, layer.Shape, EmbeddingWidth = layer.Width, IsRecommended = layer == recommended }),
            table,
            new Text(recommended is null
                ? "No tensor can be recommended; choose one with --layer, and compare on data you would want flagged."
                : "* recommended to begin with. Early tensors see texture and contrast, late ones what the network takes for the object; compare a few with 'dime evaluate'."));
        return ExitCode.Success;
    }
}
