using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Evaluation.Drift;
using Dime.MLNet.Modelling;
using Microsoft.ML;

namespace Dime.MLNet;

/// <summary>
/// Tells whether many rows together differ from those that a model was calibrated on, though perhaps none of them is flagged: three tests, described at
/// <see cref="DriftTestKind"/>, whose p-values are combined by Bonferroni's inequality.
/// </summary>
/// <remarks>
/// <para>
/// An ensemble is tested as a whole and by each of its scores, so that the result tells which of its columns drifted. On rows like the
/// calibration rows an alarm is raised with a probability of at most <see cref="DriftOptions.Level"/>. Rows of a kind that was
/// calibrated on must come in the same mixture: a day of cats alone is drift where the calibration rows were cats and dogs.
/// </para>
/// <para>
/// The mean of embeddings is compared with that of the rows the model was fitted to, the rest with its calibration rows: fit and calibrate with rows that the
/// network was not trained on, as it knows its own training data too well.
/// </para>
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "Models and rows are told apart by their type.")]
public static class DriftTest
{
    /// <summary>Tests rows of a pipeline.</summary>
    /// <param name="model">A <see cref="DetectorTransformer"/>, or a fitted pipeline with one in it. What stands before the detector is applied; what stands behind it is not.</param>
    /// <param name="data">The rows, as the pipeline takes them; some dozens at least. They are read once.</param>
    /// <param name="options">The level and the limit of the flag; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The model or the data is null.</exception>
    /// <exception cref="ArgumentException">There are no rows; the pipeline has no detector, or several and none is named; or the data lacks a column that is read.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated, or does not tell on how many rows; or a row cannot be read, which the message names.</exception>
    public static DriftResult Run(ITransformer model, IDataView data, DriftOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DriftOptions();
        DetectorTransformer detector = PipelineCalibration.FindDetector(model, options.DetectorColumnName, nameof(options.DetectorColumnName));
        var reference = DriftReference.Of(detector.Model, options.OutlierProbability ?? detector.OutlierProbability);
        var window = new DriftWindow(reference);
        IDataView input = PipelineCalibration.InputOf(model, detector, data);
        var columns = InputColumns.Require(input.Schema, detector.Settings, nameof(data));
        columns.RequireDimensions(detector.Model.Dimensions, nameof(data));
        using var blocks = new EmbeddingReader(input, columns);
        while (blocks.MoveNext())
        {
            window.Add(MeasuredRows.Of(reference, blocks.Rows));
        }

        return Result(window, options, nameof(data));
    }

    /// <summary>Tests embeddings.</summary>
    /// <param name="model">A calibrated model.</param>
    /// <param name="rows">Row-major N×P embeddings; some dozens at least.</param>
    /// <param name="options"><inheritdoc cref="Run(ITransformer, IDataView, DriftOptions)" path="/param[@name='options']/node()"/></param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">There are no rows, or their length is no multiple of <see cref="ModelledEmbedding.Dimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated, or does not tell on how many rows.</exception>
    public static DriftResult Run(ModelledEmbedding model, ReadOnlySpan<float> rows, DriftOptions? options = null) => RunOnRows(model, rows, options);

    /// <summary>Tests rows of an ensemble.</summary>
    /// <param name="model">A calibrated ensemble.</param>
    /// <param name="rows">Row-major rows of all columns; some dozens at least.</param>
    /// <param name="options"><inheritdoc cref="Run(ITransformer, IDataView, DriftOptions)" path="/param[@name='options']/node()"/></param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">There are no rows, or their length is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public static DriftResult Run(ModelledEnsemble model, ReadOnlySpan<float> rows, DriftOptions? options = null) => RunOnRows(model, rows, options);

    /// <summary>Tests probabilities that a model gave to rows, where neither it nor the embeddings are at hand. The means are not tested.</summary>
    /// <remarks>
    /// They are compared with what calibration rows of all different distances would have. Where many of these are alike, this takes the gaps that they
    /// leave for drift: test with the model then.
    /// </remarks>
    /// <param name="probabilities">Of each row the probability, in [0, 1]; 1 for rows with a value that is not finite.</param>
    /// <param name="calibrationRowCount">n, the number of rows that the model was calibrated on; 1 or more.</param>
    /// <param name="options">The level, the limit of the flag, and how many percentiles the probabilities count in; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no probabilities, or one is not in [0, 1]; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="calibrationRowCount"/> is less than 1.</exception>
    public static DriftResult Run(ReadOnlySpan<float> probabilities, long calibrationRowCount, DriftOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationRowCount, 1);
        options ??= new DriftOptions();
        RequireProbabilities(probabilities, nameof(probabilities));
        var window = new DriftWindow(DriftReference.Of(
            calibrationRowCount, options.PercentileCount, options.OutlierProbability ?? Defaults.OutlierProbability));
        window.Add(new MeasuredRows([], probabilities, [], new bool[probabilities.Length]));
        return Result(window, options, nameof(probabilities));
    }

    /// <summary>Tests distances that a model gave to rows, such as those of an exported detector. The means are not tested.</summary>
    /// <param name="model">The calibrated model.</param>
    /// <param name="distances">Of each row the <see cref="ModelledEmbedding.DistanceToHyperplane(ReadOnlySpan{float})"/>; +∞ for rows with a value that is not finite.</param>
    /// <param name="options"><inheritdoc cref="Run(ITransformer, IDataView, DriftOptions)" path="/param[@name='options']/node()"/></param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">There are no distances.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated, or does not tell on how many rows.</exception>
    public static DriftResult RunOnDistances(ModelledEmbedding model, ReadOnlySpan<float> distances, DriftOptions? options = null) =>
        RunOnDistances((IDetectorModel)model, distances, options);

    /// <summary>Tests statistics that an ensemble gave to rows, such as those of an exported detector. Scores and means are not tested.</summary>
    /// <param name="model">The calibrated ensemble.</param>
    /// <param name="statistics">Of each row the <see cref="ModelledEnsemble.Statistic(ReadOnlySpan{float})"/>; +∞ for rows with a value that is not finite.</param>
    /// <param name="options"><inheritdoc cref="Run(ITransformer, IDataView, DriftOptions)" path="/param[@name='options']/node()"/></param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentException">There are no statistics.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public static DriftResult RunOnDistances(ModelledEnsemble model, ReadOnlySpan<float> statistics, DriftOptions? options = null) =>
        RunOnDistances((IDetectorModel)model, statistics, options);

    internal static void RequireProbabilities(ReadOnlySpan<float> probabilities, string parameterName)
    {
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] is not (>= 0 and <= 1))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Value {i}, counted from 0, is {probabilities[i]}; probabilities are in [0, 1]. NaN is that of a model that is not calibrated: call Calibrate and use what it returns."),
                    parameterName);
            }
        }
    }

    private static DriftResult RunOnRows(IDetectorModel model, ReadOnlySpan<float> rows, DriftOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        RowShape.CountRows(rows.Length, model.Dimensions.Sum(), nameof(rows));
        options ??= new DriftOptions();
        var reference = DriftReference.Of(model, options.OutlierProbability ?? Defaults.OutlierProbability);
        var window = new DriftWindow(reference);
        if (!rows.IsEmpty)
        {
            window.Add(MeasuredRows.Of(reference, rows));
        }

        return Result(window, options, nameof(rows));
    }

    private static DriftResult RunOnDistances(IDetectorModel model, ReadOnlySpan<float> distances, DriftOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new DriftOptions();
        var reference = DriftReference.Of(model, options.OutlierProbability ?? Defaults.OutlierProbability);
        float[] probabilities = distances.ToArray();
        bool[] nonFinite = Array.ConvertAll(probabilities, distance => !float.IsFinite(distance));
        reference.Distances!.ReplaceByProbabilities(probabilities);
        var window = new DriftWindow(reference);
        window.Add(new MeasuredRows([], probabilities, [], nonFinite));
        return Result(window, options, nameof(distances));
    }

    private static DriftResult Result(DriftWindow window, DriftOptions options, string parameterName) => window.Count > 0
        ? window.Test(options.Level)
        : throw new ArgumentException("There are no rows to test: give some dozens or more.", parameterName);
}
