using Dime.MLNet;
using Dime.Tool.Fitting;
using Dime.Tool.Inputs;
using Dime.Tool.Outputs;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Fits a detector, calibrates it and saves the pipeline: sums rows as <see cref="AccumulateJob"/> does, and fits to them as <see cref="MergeJob"/> does.</summary>
internal static class FitJob
{
    /// <exception cref="InputException">An input cannot be used.</exception>
    public static FitResult Run(ToolContext context, FitSettings settings)
    {
        // Before hours of work, not after them.
        using OutputFile output = context.Files.Create(settings.Output, [settings.Input, settings.CalibrationInput, settings.Sums.Images?.Network]);
        var mlContext = new MLContext(settings.Sums.Seed);
        var log = new FitLog(mlContext, context.Console, isWhole: true);
        log.Warn(FitAdvice.OfImages(settings.Sums.Images));
        log.Warn(FitAdvice.Of(settings.Detector));
        var reader = new ShardReader(context.Console, mlContext, settings.Sums, context.Cancelled);
        (IRowSource rows, DetectorPipeline pipeline) = reader.Begin(settings.Input, isPart: false, settings.Detector);
        using IRowSource openRows = rows;
        using DetectorPipeline openPipeline = pipeline;
        log.Warn(pipeline.Remarks);
        using IRowSource? calibration = settings.CalibrationInput is { } path ? reader.OpenCalibration(path, rows.Layout) : null;

        DetectorSums sums = reader.Sum(pipeline, rows, source: "", "Fitting to", out string? none);
        DetectorTransformer detector = LibraryErrors.AsInput(() => pipeline.Fit(sums), _ => none);
        if (calibration is not null)
        {
            detector = reader.Calibrate(pipeline, detector, calibration);
        }

        pipeline.Save(detector, output.Stream);
        output.Complete();
        return FitResult.Of(settings.Output, sums.RowCount, settings.Sums.Pipeline, pipeline.Tensors, detector) with
        {
            Unreadable = reader.Unreadable,
            Warnings = log.Warnings,
            Columns = rows.Columns,
            CalibrationColumns = calibration?.Columns,
        };
    }
}
