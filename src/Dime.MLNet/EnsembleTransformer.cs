using Dime.MLNet;
using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(
    typeof(EnsembleTransformer), typeof(EnsembleTransformer), null, typeof(SignatureLoadModel),
    "Out-of-distribution ensemble", EnsembleTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(EnsembleTransformer), null, typeof(SignatureLoadRowMapper),
    "Out-of-distribution ensemble", EnsembleTransformerFormat.LoaderSignature)]

namespace Dime.MLNet;

/// <summary>
/// Appends to each row the statistic of an ensemble of scores, the probability of such a statistic or a smaller one, whether the row is
/// out of distribution, and on request what each score says.
/// </summary>
/// <remarks>
/// Made by <see cref="EnsembleEstimator"/>, or of a <see cref="ModelledEnsemble"/> that is fitted already, or loaded with
/// <c>mlContext.Model.Load</c>, which finds this type without any registration. The columns are described at
/// <see cref="EnsembleOptions"/>; only those that are asked for are computed.
/// <inheritdoc cref="DetectorTransformer" path="/remarks/node()"/>
/// </remarks>
public sealed class EnsembleTransformer : DetectorTransformer
{
    /// <summary>Makes a stage of a pipeline out of an ensemble that is fitted already, such as one of merged <see cref="EnsembleAccumulator"/>s.</summary>
    /// <param name="mlContext">The context of the pipeline: its log hears of a model that is not calibrated, and of a later calibration.</param>
    /// <param name="ensemble">The fitted ensemble, with its calibration if it has one. Its columns are read by the names of its <see cref="ModelledEnsemble.Layout"/>.</param>
    /// <param name="options">
    /// The output columns and <see cref="DetectorOptions.OutlierProbability"/>, and <see cref="DetectorOptions.PercentileCount"/> for a later
    /// <see cref="Calibrate"/>; null for the defaults. What matters to the fit alone must be left as it is.
    /// </param>
    /// <exception cref="ArgumentException">An option is set that matters to the fit alone; or no output column is left, or two have the same name.</exception>
    public EnsembleTransformer(MLContext mlContext, ModelledEnsemble ensemble, EnsembleOptions? options = null)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), ensemble, options)
    {
    }

    internal EnsembleTransformer(IHostEnvironment environment, ModelledEnsemble ensemble, EnsembleOptions? options)
        : this(
            environment,
            ensemble ?? throw new ArgumentNullException(nameof(ensemble)),
            (options ?? new EnsembleOptions()).ForScoring(ensemble, nameof(options))) => ScoringWarnings.Log(Host, Ensemble, Settings);

    internal EnsembleTransformer(IHostEnvironment environment, ModelledEnsemble ensemble, ScoringSettings settings)
        : base(environment, settings) => Ensemble = ensemble;

    /// <summary>The fitted scores and their calibration.</summary>
    public ModelledEnsemble Ensemble { get; }

    /// <summary>The name of the column with the probability of each score; null where it is left out.</summary>
    public string? ScoreProbabilitiesColumnName => Settings.ScoreProbabilitiesColumnName;

    internal override IDetectorModel Model => Ensemble;

    /// <inheritdoc/>
    public override EnsembleTransformer Calibrate(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var calibrator = new DetectorCalibrator<ModelledEnsemble>(Host, Settings);
        return new EnsembleTransformer(Host, calibrator.Calibrate(Ensemble, data, nameof(data)), Settings);
    }

    /// <inheritdoc/>
    public override EnsembleTransformer WithOutlierProbability(double outlierProbability) => new(Host, Ensemble, SettingsWith(outlierProbability));

    /// <inheritdoc/>
    public override EnsembleTransformer WithModelName(string? modelName) => new(Host, Ensemble, SettingsWith(modelName));

    private protected override void Save(ModelSaveContext context) => EnsembleTransformerFormat.Save(context, Ensemble, Settings);

    // ML.NET calls the methods named Create by reflection: this one for a transformer …
    internal static EnsembleTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        (ModelledEnsemble model, ScoringSettings settings) = EnsembleTransformerFormat.Load(context);
        return new EnsembleTransformer(environment, model, settings);
    }

    // … and this one for a transformer that is already bound to a schema.
    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);
}
