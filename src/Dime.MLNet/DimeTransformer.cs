using Dime.MLNet;
using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

// How ML.NET finds the way from a name in the zip back to our types.
[assembly: LoadableClass(
    typeof(DimeTransformer), typeof(DimeTransformer), null, typeof(SignatureLoadModel),
    "Distance to Modelled Embedding", DimeTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(DimeTransformer), null, typeof(SignatureLoadRowMapper),
    "Distance to Modelled Embedding", DimeTransformerFormat.LoaderSignature)]

namespace Dime.MLNet;

/// <summary>
/// Appends to each row the distance of its embedding to the hyperplane of the training data, the probability of such a
/// distance or a smaller one, and whether the row is out of distribution.
/// </summary>
/// <remarks>
/// Made by <see cref="DimeEstimator"/>, or of a <see cref="ModelledEmbedding"/> that is fitted already, or loaded with
/// <c>mlContext.Model.Load</c>, which finds this type without any registration. The columns are described at
/// <see cref="DimeOptions"/>; only those that are asked for are computed.
/// <inheritdoc cref="DetectorTransformer" path="/remarks/node()"/>
/// </remarks>
public sealed class DimeTransformer : DetectorTransformer
{
    /// <summary>
    /// Makes a stage of a pipeline out of an embedding that is fitted already, such as one of merged <see cref="EmbeddingAccumulator"/>s:
    /// <c>mlContext.Model.Save</c> takes it, alone or in a <see cref="TransformerChain{TLastTransformer}"/>.
    /// </summary>
    /// <param name="mlContext">The context of the pipeline: its log hears of a model that is not calibrated, and of a later calibration.</param>
    /// <param name="embedding">The fitted hyperplane, with its calibration if it has one.</param>
    /// <param name="options">
    /// The columns and <see cref="DetectorOptions.OutlierProbability"/>, and <see cref="DetectorOptions.PercentileCount"/> for a later
    /// <see cref="Calibrate"/>; null for the defaults. What matters to the fit alone must be left as it is.
    /// </param>
    /// <exception cref="ArgumentException">
    /// An option is set that matters to the fit alone; or no output column is left, two have the same name, or one is for the distance within
    /// the hyperplane, which the embedding does not have.
    /// </exception>
    public DimeTransformer(MLContext mlContext, ModelledEmbedding embedding, DimeOptions? options = null)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), embedding, options)
    {
    }

    internal DimeTransformer(IHostEnvironment environment, ModelledEmbedding embedding, DimeOptions? options)
        : this(
            environment,
            embedding ?? throw new ArgumentNullException(nameof(embedding)),
            (options ?? new DimeOptions()).ForScoring(embedding, nameof(options))) => ScoringWarnings.Log(Host, Embedding, Settings);

    internal DimeTransformer(IHostEnvironment environment, ModelledEmbedding embedding, ScoringSettings settings)
        : base(environment, settings) => Embedding = embedding;

    /// <summary>The fitted hyperplane and its calibration.</summary>
    public ModelledEmbedding Embedding { get; }

    /// <summary>The name of the column of embeddings that is read.</summary>
    public string InputColumnName => Settings.InputColumnNames[0];

    /// <summary>The name of the column of distances within the hyperplane; null where it is left out.</summary>
    public string? WithinDistanceColumnName => Settings.WithinDistanceColumnName;

    /// <summary>The name of the column of their probabilities, NaN where the model is not calibrated; null where it is left out.</summary>
    public string? WithinProbabilityColumnName => Settings.WithinProbabilityColumnName;

    internal override IDetectorModel Model => Embedding;

    /// <inheritdoc/>
    public override DimeTransformer Calibrate(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var calibrator = new DetectorCalibrator<ModelledEmbedding>(Host, Settings);
        return new DimeTransformer(Host, calibrator.Calibrate(Embedding, data, nameof(data)), Settings);
    }

    /// <inheritdoc/>
    public override DimeTransformer WithOutlierProbability(double outlierProbability) => new(Host, Embedding, SettingsWith(outlierProbability));

    /// <inheritdoc/>
    public override DimeTransformer WithModelName(string? modelName) => new(Host, Embedding, SettingsWith(modelName));

    private protected override void Save(ModelSaveContext context) => DimeTransformerFormat.Save(context, Embedding, Settings);

    // ML.NET calls the methods named Create by reflection: this one for a transformer …
    internal static DimeTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        (ModelledEmbedding model, ScoringSettings settings) = DimeTransformerFormat.Load(context);
        return new DimeTransformer(environment, model, settings);
    }

    // … and this one for a transformer that is already bound to a schema.
    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);
}
