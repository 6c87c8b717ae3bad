using Dime.MLNet.Internals;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>Puts a <see cref="ModelledEmbedding"/> that is fitted already into a pipeline, as a <see cref="DimeTransformer"/>.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>a known-size vector of <see cref="float"/>, as long as the embeddings that were fitted; a feature map must be pooled first</description></item>
/// <item><term>Appends</term><description>what <see cref="DimeEstimator"/> does; see <see cref="DimeOptions"/></description></item>
/// <item><term>Needs training</term><description>no</description></item>
/// </list>
/// <para>
/// So an embedding of merged <see cref="EmbeddingAccumulator"/>s, or one that <see cref="OnnxGraph.ToModelledEmbedding"/> restored, ends in
/// the zip of a pipeline. Where there is no pipeline to fit, the constructor of <see cref="DimeTransformer"/> does without data.
/// </para>
/// </remarks>
public sealed class DimeScoringEstimator : IEstimator<DimeTransformer>
{
    private readonly DimeTransformer _transformer;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.DetectOutOfDistribution</c> does the same.</summary>
    /// <param name="mlContext">The context of the pipeline: its log hears of a model that is not calibrated, and of a later calibration.</param>
    /// <param name="embedding">The fitted hyperplane, with its calibration if it has one.</param>
    /// <param name="options"><inheritdoc cref="DimeTransformer(MLContext, ModelledEmbedding, DimeOptions)" path="/param[@name='options']/node()"/></param>
    /// <inheritdoc cref="DimeTransformer(MLContext, ModelledEmbedding, DimeOptions)" path="/exception"/>
    public DimeScoringEstimator(MLContext mlContext, ModelledEmbedding embedding, DimeOptions? options = null)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), embedding, options)
    {
    }

    internal DimeScoringEstimator(IHostEnvironment environment, ModelledEmbedding embedding, DimeOptions? options) =>
        _transformer = new DimeTransformer(environment, embedding, options);

    /// <summary>Gives the transformer, after a check of the column; no row is read.</summary>
    /// <param name="input">Data with the column of embeddings.</param>
    /// <exception cref="ArgumentException">The column is missing, of another type or size, or an unpooled feature map.</exception>
    public DimeTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">The column is missing or of the wrong type, or the embeddings are of unknown size.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        FeatureColumn.Require(inputSchema, _transformer.InputColumnName, nameof(inputSchema));
        return _transformer.Settings.AppendTo(inputSchema);
    }
}
