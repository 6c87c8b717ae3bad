using System.Runtime.CompilerServices;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet;

/// <summary>Finds the detector of a fitted pipeline, and calibrates it where it stands.</summary>
internal static class PipelineCalibration
{
    /// <summary>A copy of the pipeline with its last transformer calibrated.</summary>
    /// <exception cref="ArgumentException">The pipeline is empty.</exception>
    public static TransformerChain<TDetector> CalibrateLast<TDetector>(TransformerChain<TDetector> model, IDataView data)
        where TDetector : DetectorTransformer
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        TDetector detector = model.LastTransformer ?? throw new ArgumentException("The pipeline is empty.", nameof(model));
        return (TransformerChain<TDetector>)Calibrate(model, detector, data);
    }

    /// <summary>A copy of the pipeline with the detector calibrated on what the stages before it make of the data.</summary>
    public static ITransformer Calibrate(ITransformer model, DetectorTransformer detector, IDataView data) =>
        FittedPipeline.Replace(model, detector, detector.Calibrate(InputOf(model, detector, data)));

    /// <summary>What the stages before the detector make of the data when they score.</summary>
    public static IDataView InputOf(ITransformer model, DetectorTransformer detector, IDataView data) => FittedPipeline.Stages(model)
        .TakeWhile(stage => !ReferenceEquals(stage.Transformer, detector))
        .Where(stage => stage.Scores)
        .Aggregate(data, (view, stage) => stage.Transformer.Transform(view));

    /// <summary>The one detector that scores, or the one that appends a column.</summary>
    /// <exception cref="ArgumentException">There is none, or which one is meant is not clear.</exception>
    public static DetectorTransformer FindDetector(
        ITransformer model, string? outputColumnName, [CallerArgumentExpression(nameof(outputColumnName))] string parameterName = "")
    {
        ITransformer[] stages = [.. FittedPipeline.Stages(model).Where(stage => stage.Scores).Select(stage => stage.Transformer)];
        DetectorTransformer[] detectors = [.. stages.OfType<DetectorTransformer>().Distinct()];
        if (detectors.Length == 0)
        {
            throw new ArgumentException(
                $"There is no detector in what the pipeline runs to score ({string.Join(", ", stages.Select(stage => stage.GetType().Name))}): "
                + $"fit one that ends with {nameof(DimeCatalog.DetectOutOfDistribution)}.",
                nameof(model));
        }

        if (outputColumnName is not null)
        {
            return detectors.LastOrDefault(detector => ColumnsOf(detector).Contains(outputColumnName)) ?? throw new ArgumentException(
                $"No detector of the pipeline appends a column '{outputColumnName}'. They are: {Describe(detectors)}.", parameterName);
        }

        return detectors.Length == 1 ? detectors[0] : throw new ArgumentException(
            $"The pipeline has {detectors.Length} detectors: {Describe(detectors)}. Name a column of the one that is meant with {parameterName}.", nameof(model));
    }

    private static string Describe(IEnumerable<DetectorTransformer> detectors) => string.Join("; ", detectors.Select(detector =>
        $"of {detector.Settings.Input} ({string.Join(", ", ColumnsOf(detector).Select(name => $"'{name}'"))})"));

    private static IEnumerable<string> ColumnsOf(DetectorTransformer detector) => detector.Settings.OutputColumns().Select(column => column.Name);
}
