using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Fitting;

/// <summary>A fit to sums that the tool made: the pipeline is in them, but for the network.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="Layout">What a row of embeddings holds; null for images.</param>
internal sealed record SumsFit(PipelineSettings Pipeline, DetectorSettings Detector, ColumnLayout? Layout)
{
    /// <summary>Finds out what sums are of; others that merge with them are of the same.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="name">Their file, for messages.</param>
    /// <param name="network">The network of images; null where none is named.</param>
    /// <param name="detector">How the detector is fitted.</param>
    /// <param name="optionOfDime">An option that is given, and for one DIME distance alone; null for none.</param>
    /// <exception cref="InputException">They are not of this tool, the network is missing or another, or the option is not for them.</exception>
    public static SumsFit Of(DetectorSums sums, string name, string? network, DetectorSettings detector, string? optionOfDime)
    {
        var properties = PartProperties.Of(sums.Properties, name);
        (FitMethod method, string? classes, Calibration calibration) = sums switch
        {
            DimeSums dime => (FitMethod.Dime, (string?)null, dime.Options.Calibration),
            EnsembleSums ensemble => (FitMethod.Ensemble, ensemble.Options.ClassColumnName, ensemble.Options.Calibration),
            _ => throw new NotSupportedException($"{sums.GetType()} is no kind of sums that the tool makes."),
        };
        if (method == FitMethod.Ensemble && optionOfDime is not null)
        {
            throw new InputException($"{optionOfDime} goes with one DIME distance, and '{name}' is of an ensemble; leave it out, or accumulate the parts with --method dime.");
        }

        ImageSettings? images = (properties.Images, network) switch
        {
            ({ } accumulated, { } file) => accumulated.With(file, name),
            ({ } accumulated, null) => throw new InputException(
                $"'{name}' is of images, and a model of images holds the network that embeds them: name it with --onnx (its SHA-256 is {accumulated.Sha256})."),
            (null, { }) => throw new InputException($"'{name}' is of embeddings, which need no network; leave --onnx out."),
            _ => null,
        };
        return new SumsFit(new PipelineSettings(method, properties.Images?.Classes, images, classes, calibration), detector, properties.Layout);
    }

    /// <summary>Fits to sums, and writes the zip of the pipeline.</summary>
    /// <param name="console">Where warnings are shown.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="zip">Where it is written.</param>
    /// <exception cref="InputException">The sums cannot be fitted to.</exception>
    public FittedSums Write(ToolConsole console, DetectorSums sums, Stream zip)
    {
        var mlContext = new MLContext(sums.Seed);
        var log = new FitLog(mlContext, console, isWhole: true);
        log.Warn(FitAdvice.Of(Detector));
        using DetectorPipeline pipeline = LibraryErrors.AsInput(() => new DetectorPipeline(mlContext, Pipeline, Detector, Layout));
        DetectorTransformer detector = LibraryErrors.AsInput(() => pipeline.Fit(sums));
        pipeline.Save(detector, zip);
        return new FittedSums(detector, pipeline.Tensors, log.Warnings);
    }
}

/// <summary>What was fitted to sums.</summary>
/// <param name="Detector">The detector.</param>
/// <param name="Tensors">The tensors that it watches; null where the rows are embeddings.</param>
/// <param name="Warnings">What the fit warns of.</param>
internal sealed record FittedSums(DetectorTransformer Detector, IReadOnlyList<string>? Tensors, IReadOnlyList<string> Warnings);
