using Dime.MLNet;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Writes a detector as ONNX, alone or in a network.</summary>
internal static class ExportJob
{
    /// <exception cref="InputException">The model or the network cannot be used.</exception>
    public static ExportResult Run(ToolContext context, ExportSettings settings)
    {
        using SavedModel model = SavedModel.Load(new MLContext(), settings.Model);
        OnnxGraph graph = model.Detector.ToOnnx();
        if (settings.Network is { } network)
        {
            string layer = settings.Layer ?? model.Layer
                ?? throw new InputException($"'{settings.Model}' was fitted to embeddings and does not tell their tensor; name it with --layer.");
            graph = NetworkFile.Load(network).Fuse(graph, layer, settings.Prefix);
        }

        using OutputFile file = context.Files.Create(settings.Output, [settings.Model, settings.Network]);
        graph.Save(file.Stream);
        file.Complete();
        return new ExportResult(
            settings.Output,
            [.. graph.Inputs.Select(input => input.ToString())],
            [.. graph.Outputs.Select(output => output.ToString())]);
    }
}
