using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
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
        OnnxGraph detector = model.Detector switch
        {
            DimeTransformer dime => dime.ToOnnx(),
            EnsembleTransformer ensemble => ensemble.ToOnnx(),
            _ => throw new InvalidOperationException($"There is no export of {model.Detector.GetType()}."),
        };
        if (settings.Network is not { } network)
        {
            return detector;
        }

        OnnxGraph watched = NetworkFile.Load(network);
        IReadOnlyList<string> layers = LayersOf(model, settings.Layer, network, watched);
        RequireFreeNames(detector, watched, settings);
        return watched.Fuse(detector, layers, settings.Prefix, model.TokenPooling);
    }

    /// <summary>The tensor of each column that the detector reads.</summary>
    private static IReadOnlyList<string> LayersOf(SavedModel model, string? named, string file, OnnxGraph network)
    {
        int count = model.Detector.InputColumnNames.Count;
        return (named, model.Layers.Count) switch
        {
            (not null, _) when count > 1 => throw new InputException($"'{model.Path}' is an ensemble of {count} tensors, and --layer names one; leave it out."),
            (not null, _) => [LayerAdvice.Named(named, file, network)!],
            (null, 0) when count > 1 => throw new InputException(
                $"'{model.Path}' is an ensemble that does not tell its {count} tensors; fuse it in a program, with OnnxGraph.Fuse."),
            (null, 0) => throw new InputException($"'{model.Path}' was fitted to embeddings and does not tell their tensor; name it with --layer."),
            _ => model.Layers,
        };
    }

    // Fusing would number them, and who reads the outputs would read those of another detector.
    private static void RequireFreeNames(OnnxGraph detector, OnnxGraph network, ExportSettings settings)
    {
        HashSet<string> taken = [.. network.Tensors.Concat(network.Outputs).Concat(network.Inputs).Select(tensor => tensor.Name)];
        IEnumerable<string> names = detector.Outputs.Select(output => output.Name).Concat(detector.Detectors.Select(one => one.OutlierThresholdInput).OfType<string>());
        if (names.Select(name => settings.Prefix is { } prefix ? $"{prefix}_{name}" : name).FirstOrDefault(taken.Contains) is { } name)
        {
            throw new InputException(
                $"'{settings.Network}' has a tensor '{name}' already{(network.Detectors.Count > 0 ? ", of a detector in it" : "")}; give the outputs of this one other names with --prefix.");
        }
    }
}

/// <summary>What <c>dime export</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Network">The network to fuse the detector into; null to write it alone.</param>
/// <param name="Layer">The tensor that it watches; null for those it was fitted to.</param>
/// <param name="Prefix">What its outputs' names begin with; null for nothing.</param>
/// <param name="Output">The ONNX file.</param>
internal sealed record ExportSettings(string Model, string? Network, string? Layer, string? Prefix, string Output);

/// <summary>What <c>dime export</c> tells.</summary>
/// <param name="Output">The ONNX file.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record ExportResult(string Output, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
