using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>Calibrates models of any kind, on data views or on a sample of rows, with a word to the log.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
internal sealed class DetectorCalibrator<TModel>(IHost host, ScoringSettings settings)
    where TModel : IDetectorModel<TModel>
{
    public TModel Calibrate(TModel model, IDataView data, string parameterName)
    {
        var columns = InputColumns.Require(data.Schema, settings, parameterName);
        columns.RequireDimensions(model.Dimensions, parameterName);

        using IChannel channel = host.Start("Calibrate");
        ICalibrationSample<TModel> distances = model.CreateCalibrationSample();
        using var blocks = new EmbeddingReader(data, columns);
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(host);
            distances.Add(blocks.Rows);
        }

        TrainingWarnings.LogSkipped(channel, settings, distances.SkippedCount, distances.Count);
        return Calibrate(channel, distances);
    }

    /// <summary>What the model says of rows; of their values, what the fit alone reads stands behind and is left out.</summary>
    public static ICalibrationSample<TModel> Measure(TModel model, RowSample sample)
    {
        ICalibrationSample<TModel> distances = model.CreateCalibrationSample();
        foreach (SampleBlock block in SampleBlock.Of(sample.Rows.AsMemory(), model.Dimensions.Sum()))
        {
            distances.Add(block.Values.Span);
        }

        return distances;
    }

    /// <param name="channel">The log.</param>
    /// <param name="distances">What the model says of the rows.</param>
    /// <param name="rows">Which rows they are, for messages.</param>
    public TModel Calibrate(IChannel channel, ICalibrationSample<TModel> distances, string rows = "")
    {
        if (distances.Count == 0)
        {
            throw new InvalidOperationException(distances.SkippedCount == 0
                ? $"There are no rows in {settings.Input} to calibrate on: give at least one."
                : $"All {distances.SkippedCount} calibration rows of {settings.Input} have values that are not finite.");
        }

        TModel calibrated;
        try
        {
            calibrated = distances.Calibrate(settings.PercentileCount);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"The detector of {settings.Input} cannot be calibrated{rows}. {e.Message}", e);
        }

        foreach (string warning in CalibrationWarnings.Of(calibrated, distances, settings))
        {
            channel.Warning(MessageSensitivity.Schema, warning);
        }

        channel.Info(MessageSensitivity.None, $"{distances.Count} rows calibrate the probabilities.");
        return calibrated;
    }
}
