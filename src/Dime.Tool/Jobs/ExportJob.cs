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
        using var model = SavedModel.Load(new MLContext(), settings.Model);
        OnnxGraph graph = LibraryErrors.AsInput(() => GraphOf(model, settings));
        using OutputFile file = context.Files.Create(settings.Output, [settings.Model, settings.Network]);
        graph.Save(file.Stream);
        file.Complete();
        return new ExportResult(
            settings.Output,
            [.. graph.Inputs.Select(input => input.ToString())],
            [.. graph.Outputs.Select(output => output.ToString())]);
    }

    private static OnnxGraph GraphOf(SavedModel model, ExportSettings settings)
    {
        OnnxGraph detector = model.Detector is DimeTransformer dime
            ? dime.ToOnnx()
            : throw new InputException($"'{settings.Model}' is an ensemble, which cannot be exported yet; fit one DIME distance with --method dime.");
        if (settings.Network is not { } network)
        {
            return detector;
        }

        OnnxGraph watched = NetworkFile.Load(network);
        string layer = LayerAdvice.Named(settings.Layer, network, watched) ?? (model.Layers is [var own] ? own : null)
            ?? throw new InputException($"'{settings.Model}' was fitted to embeddings and does not tell their tensor; name it with --layer.");
        RequireFreeNames(detector, watched, settings);
        return watched.Fuse(detector, layer, settings.Prefix);
    }

    // Fusing would number them, and who reads the outputs would read those of another detector.
    private static void RequireFreeNames(OnnxGraph detector, OnnxGraph network, ExportSettings settings)
    {
        HashSet<string> taken = [.. network.Tensors.Concat(network.Outputs).Select(tensor => tensor.Name)];
        if (detector.Outputs.Select(output => settings.Prefix is { } prefix ? $"{prefix}_{output.Name}" : output.Name).FirstOrDefault(taken.Contains) is { } name)
        {
            throw new InputException(
                $"'{settings.Network}' has a tensor '{name}' already{(network.Detectors.Count > 0 ? ", of a detector in it" : "")}; give the outputs of this one other names with --prefix.");
        }
    }
}

/// <summary>What <c>dime export</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Network">The network to fuse the detector into; null to write it alone.</param>
/// <param name="Layer">The tensor that it watches; null for the one it was fitted to.</param>
/// <param name="Prefix">What its outputs' names begin with; null for nothing.</param>
/// <param name="Output">The ONNX file.</param>
internal sealed record ExportSettings(string Model, string? Network, string? Layer, string? Prefix, string Output);

/// <summary>What <c>dime export</c> tells.</summary>
/// <param name="Output">The ONNX file.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record ExportResult(string Output, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
