using Dime.MLNet.Detection;
using Microsoft.ML;

namespace Dime.MLNet;

/// <summary>Puts a detector that is fitted already into a pipeline; <c>mlContext.Transforms.DetectOutOfDistribution</c> makes it.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>known-size vectors of <see cref="float"/>, as long as the embeddings that were fitted; feature maps must be pooled first</description></item>
/// <item><term>Appends</term><description>what the transformer does</description></item>
/// <item><term>Needs training</term><description>no</description></item>
/// </list>
/// <para>
/// So a model of merged <see cref="EmbeddingAccumulator"/>s, or one that <see cref="OnnxGraph.ToModelledEmbedding"/> restored, ends in
/// the zip of a pipeline. Where there is no pipeline to fit, the transformer itself does without data.
/// </para>
/// </remarks>
/// <typeparam name="TTransformer">The type of the detector.</typeparam>
public sealed class DetectorScoringEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : DetectorTransformer
{
    private readonly TTransformer _transformer;

    internal DetectorScoringEstimator(TTransformer transformer) => _transformer = transformer;

    /// <summary>Gives the transformer, after a check of the columns; no row is read.</summary>
    /// <param name="input">Data with the columns of embeddings.</param>
    /// <exception cref="ArgumentException">A column is missing, of another type or size, or an unpooled feature map.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the embeddings are of unknown size.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        InputColumns.Require(inputSchema, _transformer.Settings, nameof(inputSchema));
        return _transformer.Settings.AppendTo(inputSchema);
    }
}
