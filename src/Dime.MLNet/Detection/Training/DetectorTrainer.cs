using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>Fits models of any kind to data views, one pass each, or to sums of them, with a word to the log.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
internal sealed class DetectorTrainer<TModel>(IHost host, ScoringSettings settings, FitSettings<TModel> fit)
    where TModel : IDetectorModel<TModel>
{
    private readonly DetectorCalibrator<TModel> _calibrator = new(host, settings);

    /// <summary>Sums one data set or a part of it, to be fitted later.</summary>
    public TrainingSums Accumulate(IDataView data, CalibrationRows calibration, AccumulationOptions options, string parameterName)
    {
        using IChannel channel = host.Start("Accumulate");
        var clock = Stopwatch.StartNew();
        TrainingSums sums = Sum(data, calibration, options, parameterName);
        TrainingWarnings.LogUnclassified(channel, sums.Rows, fit.ClassColumnName);
        TrainingWarnings.LogSkipped(channel, sums.Setup.Reading, sums.Rows.SkippedCount, sums.Rows.Count);
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(CultureInfo.InvariantCulture, $"{sums.Rows.Count} rows of {settings.Input} are summed, {sums.HeldOutCount} held out ({clock.Elapsed.TotalSeconds:F2} s)."));
        return sums;
    }

    /// <summary>Fits to one data set, and calibrates on rows of it.</summary>
    public TModel Fit(IDataView data, CalibrationRows calibration, string parameterName)
    {
        using IChannel channel = host.Start("Fit");
        var clock = Stopwatch.StartNew();
        TrainingSums sums = Sum(data, calibration, new AccumulationOptions(), parameterName);
        return Fit(sums, channel, clock.Elapsed);
    }

    /// <summary>Fits to sums, and calibrates on the rows in them.</summary>
    public TModel Fit(TrainingSums sums, CalibrationRows calibration, string parameterName)
    {
        if (sums.Setup.DifferenceOf(settings, fit, calibration) is { } difference)
        {
            throw new ArgumentException(
                $"The estimator and the sums do not belong together: in its options {difference} as in those of the sums. Give it the options of the sums, or accumulate anew.", parameterName);
        }

        using IChannel channel = host.Start("Fit");
        return Fit(sums, channel, TimeSpan.Zero);
    }

    /// <summary>Fits to one data set, and calibrates on another.</summary>
    public TModel Fit(IDataView train, IDataView calibration, string trainName, string calibrationName)
    {
        // Before a row of the training data is read, which may take long.
        CheckSameLengths(
            fit.RequireColumns(train.Schema, settings, trainName), InputColumns.Require(calibration.Schema, settings, calibrationName), calibrationName);
        return _calibrator.Calibrate(Fit(train, CalibrationRows.None, trainName), calibration, calibrationName);
    }

    private static void CheckSameLengths(InputColumns train, InputColumns calibration, string parameterName)
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

    private TrainingSums Sum(IDataView data, CalibrationRows calibration, AccumulationOptions options, string parameterName) =>
        TrainingSummation.Run(host, data, settings, fit, calibration, options, parameterName);

    private TModel Fit(TrainingSums sums, IChannel channel, TimeSpan summing)
    {
        CheckHeldOut(sums);
        ScoringSettings reading = fit.Reading(settings);
        IRowSums rows = sums.Rows;
        TModel model = fit.Fit(rows, reading, channel, summing);
        TrainingWarnings.LogUnclassified(channel, rows, fit.ClassColumnName);
        if (sums.Sample is null)
        {
            TrainingWarnings.LogSkipped(channel, reading, rows.SkippedCount, rows.Count);
            return model;
        }

        ICalibrationSample<TModel> distances = DetectorCalibrator<TModel>.Measure(model, sums.Sample);

        // Held-out rows are others than those of the sums; the rows of a training-set sample are among them.
        bool isHeldOut = sums.Setup.Calibration.IsHeldOut;
        (long skipped, long used) = isHeldOut ? (distances.SkippedCount, distances.Count) : (0, 0);
        TrainingWarnings.LogSkipped(channel, reading, rows.SkippedCount + skipped, rows.Count + used);
        return _calibrator.Calibrate(channel, distances, isHeldOut ? $" on the {sums.HeldOutCount} of {sums.RowCount} rows that were held out" : "");
    }

    private void CheckHeldOut(TrainingSums sums)
    {
        long others = sums.Rows.Count + sums.Rows.SkippedCount + sums.Rows.UnclassifiedCount;
        if (sums.Sample is not { } sample || (sample.Count > 0 && others > 0) || sample.Count + others == 0)
        {
            return;
        }

        throw new InvalidOperationException(
            $"Of the {sample.Count + others} rows of {settings.Input}, {sample.Count} were held out for calibration: too few rows to "
            + "share out. Give more rows, or other rows to calibrate on, or do without calibration.");
    }
}
