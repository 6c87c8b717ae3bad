using Dime.MLNet;
using Dime.MLNet.Detection;
using Dime.MLNet.Internals;
using Dime.MLNet.Mapping;
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
/// <para>
/// An instance never changes, may be used by any number of threads at once, and holds nothing to dispose of. What reads its
/// data may not be shared: a cursor belongs to one thread, and ML.NET's <c>PredictionEngine</c> silently gives wrong values
/// where two threads use it at a time. Where a network stands in the pipeline, <see cref="OnnxFeatureTransformer"/> says what
/// disposing a pipeline or an engine does.
/// </para>
/// </remarks>
public sealed class DimeTransformer : ITransformer
{
    private readonly IHost _host;

    /// <summary>
    /// Makes a stage of a pipeline out of an embedding that is fitted already, such as one of merged <see cref="EmbeddingAccumulator"/>s:
    /// <c>mlContext.Model.Save</c> takes it, alone or in a <see cref="TransformerChain{TLastTransformer}"/>.
    /// </summary>
    /// <param name="mlContext">The context of the pipeline: its log hears of a model that is not calibrated, and of a later calibration.</param>
    /// <param name="embedding">The fitted hyperplane, with its calibration if it has one.</param>
    /// <param name="options">
    /// The columns and <see cref="DimeOptions.OutlierProbability"/>, and <see cref="DimeOptions.PercentileCount"/> for a later
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
            (options ?? new DimeOptions()).ForScoring(embedding, nameof(options))) => ScoringWarnings.Uncalibrated(_host, Embedding, Settings);

    internal DimeTransformer(IHostEnvironment environment, ModelledEmbedding embedding, ScoringSettings settings)
    {
        _host = environment.Register(nameof(DimeTransformer));
        Embedding = embedding;
        Settings = settings;
    }

    /// <summary>The fitted hyperplane and its calibration.</summary>
    public ModelledEmbedding Embedding { get; }

    /// <summary>The name of the column of embeddings that is read.</summary>
    public string InputColumnName => Settings.InputColumnName;

    /// <summary>The name of the column of distances; null where it is left out.</summary>
    public string? DistanceColumnName => Settings.DistanceColumnName;

    /// <summary>The name of the column of probabilities, NaN where the model is not calibrated; null where it is left out.</summary>
    public string? ProbabilityColumnName => Settings.ProbabilityColumnName;

    /// <summary>The name of the column that flags rows, all of them where the model is not calibrated; null where it is left out.</summary>
    public string? OutlierColumnName => Settings.OutlierColumnName;

    /// <summary>The name of the column of distances within the hyperplane; null where it is left out.</summary>
    public string? WithinDistanceColumnName => Settings.WithinDistanceColumnName;

    /// <summary>The name of the column of their probabilities, NaN where the model is not calibrated; null where it is left out.</summary>
    public string? WithinProbabilityColumnName => Settings.WithinProbabilityColumnName;

    /// <summary>The probability from which on a row is flagged, in (0, 1].</summary>
    public double OutlierProbability => Settings.OutlierProbability;

    internal ScoringSettings Settings { get; }

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The input columns and the appended ones: those that have a name, whether the model is calibrated or not.</summary>
    /// <param name="inputSchema">A schema with the column of embeddings.</param>
    /// <exception cref="ArgumentException">The column is missing, of another type or size, or an unpooled feature map.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => RowMapping.OutputSchema(inputSchema, Bind);

    /// <summary>Appends the columns; rows are scored when they are read.</summary>
    /// <param name="input">Data with the column of embeddings.</param>
    /// <exception cref="ArgumentException">The column is missing, of another type or size, or an unpooled feature map.</exception>
    public IDataView Transform(IDataView input) => RowMapping.Transform(_host, input, Bind);

    /// <summary>Learns from other data how large distances usually are.</summary>
    /// <param name="data">Data with the column of embeddings, which the hyperplane was not fitted to. It is read once. Rows with a value that is not finite are left out.</param>
    /// <returns>A new transformer of the same hyperplane, whose probabilities speak of <paramref name="data"/>.</returns>
    /// <exception cref="ArgumentException">The column is missing, of another type or size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">There is no row of finite values, or a row cannot be read, which the message names.</exception>
    public DimeTransformer Calibrate(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var trainer = new EmbeddingTrainer(_host, Settings.InputColumnName);
        return new DimeTransformer(_host, trainer.Calibrate(Embedding, data, Settings.PercentileCount, nameof(data)), Settings);
    }

    /// <summary>Changes the probability from which on a row is flagged.</summary>
    /// <param name="outlierProbability">The new limit, in (0, 1].</param>
    /// <returns>A new transformer that is otherwise the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    public DimeTransformer WithOutlierProbability(double outlierProbability) => new(
        _host,
        Embedding,
        Settings with { OutlierProbability = DimeOptions.RequireShare(outlierProbability, nameof(outlierProbability)) });

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => RowMapping.Mapper(_host, inputSchema, Bind);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx) => DimeTransformerFormat.Save(ctx, Embedding, Settings);

    // ML.NET calls the methods named Create by reflection: this one for a transformer …
    internal static DimeTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        (ModelledEmbedding model, ScoringSettings settings) = DimeTransformerFormat.Load(context);
        return new DimeTransformer(environment, model, settings);
    }

    // … and this one for a transformer that is already bound to a schema.
    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);

    private DimeRowMapper Bind(DataViewSchema inputSchema) => new(this, Embedding, Settings, inputSchema);
}
