using System.Diagnostics;
using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>Fits and calibrates models of any kind on data views: one pass each, in blocks, with a word to the log.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
internal sealed class DetectorTrainer<TModel>(IHost host, ScoringSettings settings)
    where TModel : IDetectorModel<TModel>
{
    // The rows of a sample lie apart; side by side, a block of them is measured on all cores.
    private const int SampleBlockRows = 512;

    /// <summary>Fits to one data set, and calibrates on rows of it.</summary>
    public TModel Fit(IDataView data, FitSettings<TModel> fit, CalibrationRows calibration, string parameterName)
    {
        ScoringSettings reading = fit.Reading(settings);
        var columns = TrainingColumns.Require(data.Schema, settings, fit, parameterName);
        using IChannel channel = host.Start("Fit");
        var clock = Stopwatch.StartNew();
        IFitting<TModel> fitting = fit.Begin(reading, columns.Dimensions);
        RowSample? sample = calibration.MaxRows > 0
            ? new RowSample(calibration.Share, calibration.MaxRows, EnvironmentAccess.SeedOf(host) ?? 0)
            : null;
        Read(data, columns, fitting, sample, calibration.IsHeldOut);
        CheckHeldOut(fitting, sample);

        TModel model = fitting.Fit(channel, clock.Elapsed);
        WarnOfUnclassified(channel, fitting, fit.ClassColumnName);
        if (sample is null)
        {
            WarnOfSkipped(channel, reading, fitting.SkippedCount, fitting.Count);
            return model;
        }

        ICalibrationSample<TModel> distances = Measure(model, sample);

        // Held-out rows are others than those of the sums; the rows of a training-set sample are among them.
        (long skipped, long used) = calibration.IsHeldOut ? (distances.SkippedCount, distances.Count) : (0, 0);
        WarnOfSkipped(channel, reading, fitting.SkippedCount + skipped, fitting.Count + used);
        return Calibrate(
            channel,
            distances,
            calibration.IsHeldOut ? $" on the {sample.Count} of {sample.Count + fitting.Count + fitting.SkippedCount + fitting.UnclassifiedCount} rows that were held out" : "");
    }

    /// <summary>Fits to one data set, and calibrates on another.</summary>
    public TModel Fit(IDataView train, IDataView calibration, FitSettings<TModel> fit, string trainName, string calibrationName)
    {
        // Before a row of the training data is read, which may take long.
        CheckSameLengths(
            TrainingColumns.Require(train.Schema, settings, fit, trainName), TrainingColumns.Require(calibration.Schema, settings, calibrationName), calibrationName);
        return Calibrate(Fit(train, fit, CalibrationRows.None, trainName), calibration, calibrationName);
    }

    public TModel Calibrate(TModel model, IDataView data, string parameterName)
    {
        var columns = TrainingColumns.Require(data.Schema, settings, parameterName);
        columns.RequireDimensions(model.Dimensions, parameterName);

        using IChannel channel = host.Start("Calibrate");
        ICalibrationSample<TModel> distances = model.CreateCalibrationSample();
        using var blocks = new EmbeddingReader(data, columns);
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(host);
            distances.Add(blocks.Rows);
        }

        WarnOfSkipped(channel, settings, distances.SkippedCount, distances.Count);
        return Calibrate(channel, distances);
    }

    private static void CheckSameLengths(TrainingColumns train, TrainingColumns calibration, string parameterName)
    {
        for (int i = 0; i < calibration.Features.Length; i++)
        {
            if (train.Dimensions[i] != calibration.Dimensions[i])
            {
                throw new ArgumentException(
                    $"Column '{train.Features[i].Name}' has embeddings of {train.Dimensions[i]} values in the training data and of {calibration.Dimensions[i]} in the "
                    + "calibration data: use the same network and layer for both.",
                    parameterName);
            }
        }
    }

    private void Read(IDataView data, TrainingColumns columns, IFitting<TModel> fitting, RowSample? sample, bool holdOut)
    {
        using var blocks = new EmbeddingReader(data, columns, fitting.ClassNumber);
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(host);
            int count = sample is null ? blocks.Count : Draw(blocks, sample, holdOut);
            fitting.Add(
                blocks.Rows[..(count * blocks.Width)],
                blocks.HasClasses ? blocks.Classes[..count] : [],
                blocks.HasWeights ? blocks.Weights[..count] : []);
        }
    }

    /// <summary>Draws from a block and closes the gaps that held-out rows leave; returns how many rows remain.</summary>
    private static int Draw(EmbeddingReader blocks, RowSample sample, bool holdOut)
    {
        int remaining = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            Span<float> row = blocks.Rows.Slice(i * blocks.Width, blocks.Width);
            var facts = new RowFacts(blocks.HasWeights ? blocks.Weights[i] : 1, blocks.HasClasses ? blocks.Classes[i] : 0);
            if (!holdOut)
            {
                sample.Offer(blocks.Ids[i], row);
            }
            else if (sample.Hold(blocks.Ids[i], row, ref facts))
            {
                continue;
            }

            row.CopyTo(blocks.Rows[(remaining * blocks.Width)..]);
            if (blocks.HasWeights)
            {
                blocks.Weights[remaining] = facts.Weight;
            }

            if (blocks.HasClasses)
            {
                blocks.Classes[remaining] = facts.Class;
            }

            remaining++;
        }

        return remaining;
    }

    private static ICalibrationSample<TModel> Measure(TModel model, RowSample sample)
    {
        ICalibrationSample<TModel> distances = model.CreateCalibrationSample();
        int width = model.Dimensions.Sum();
        float[] block = new float[Math.Min(sample.Count, SampleBlockRows) * width];
        foreach (float[][] rows in sample.Rows.Chunk(SampleBlockRows))
        {
            for (int i = 0; i < rows.Length; i++)
            {
                // What the fit alone reads stands behind.
                rows[i].AsSpan(0, width).CopyTo(block.AsSpan(i * width));
            }

            distances.Add(block.AsSpan(0, rows.Length * width));
        }

        return distances;
    }

    private void CheckHeldOut(IFitting<TModel> fitting, RowSample? sample)
    {
        long others = fitting.Count + fitting.SkippedCount + fitting.UnclassifiedCount;
        if (sample is null || (sample.Count > 0 && others > 0) || sample.Count + others == 0)
        {
            return;
        }

        throw new InvalidOperationException(
            $"Of the {sample.Count + others} rows of {settings.Input}, {sample.Count} were held out for calibration: too few rows to "
            + "share out. Give more rows, or other rows to calibrate on, or do without calibration.");
    }

    private TModel Calibrate(IChannel channel, ICalibrationSample<TModel> distances, string rows = "")
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

    private static void WarnOfSkipped(IChannel channel, ScoringSettings settings, long skipped, long used)
    {
        if (skipped > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{skipped} of {skipped + used} rows were left out: {settings.Input} {(settings.InputColumnNames.Count == 1 ? "has" : "have")} values in them that are not finite.");
        }
    }

    private static void WarnOfUnclassified(IChannel channel, IFitting<TModel> fitting, string? classColumnName)
    {
        if (fitting.UnclassifiedCount > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{fitting.UnclassifiedCount} rows were left out: their class in column '{classColumnName}' is missing.");
        }
    }
}
