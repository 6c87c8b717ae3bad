using Dime.MLNet.Internals;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>Makes a <see cref="GlobalAveragePoolingTransformer"/>: each channel of a feature map becomes its mean.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>a known-size vector of <see cref="float"/> with dimensions [1,C,H,W], [C,H,W], [1,C,T] or [C,T]; a leading 1 is the batch</description></item>
/// <item><term>Writes</term><description>a vector of C <see cref="float"/></description></item>
/// <item><term>Needs training</term><description>no</description></item>
/// </list>
/// </remarks>
public sealed class GlobalAveragePoolingEstimator : IEstimator<GlobalAveragePoolingTransformer>
{
    private readonly GlobalAveragePoolingTransformer _transformer;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.GlobalAveragePool</c> does the same.</summary>
    /// <param name="mlContext">The context of the pipeline.</param>
    /// <param name="outputColumnName">The column to write: C means.</param>
    /// <param name="inputColumnName">The column of feature maps; null for the same name.</param>
    /// <exception cref="ArgumentException">A name is empty or white space.</exception>
    public GlobalAveragePoolingEstimator(MLContext mlContext, string outputColumnName, string? inputColumnName = null)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), outputColumnName, inputColumnName)
    {
    }

    internal GlobalAveragePoolingEstimator(IHostEnvironment environment, string outputColumnName, string? inputColumnName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        inputColumnName ??= outputColumnName;
        ArgumentException.ThrowIfNullOrWhiteSpace(inputColumnName);
        _transformer = new GlobalAveragePoolingTransformer(environment, outputColumnName, inputColumnName);
    }

    /// <summary>Gives the transformer, after a check of the column; no row is read.</summary>
    /// <param name="input">Data with the feature maps.</param>
    /// <exception cref="ArgumentException">The column is missing, not a vector of <see cref="float"/>, or of dimensions that cannot be pooled.</exception>
    public GlobalAveragePoolingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">The column is missing or not a known-size vector of <see cref="float"/>.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        FeatureColumn.Require(inputSchema, _transformer.InputColumnName, nameof(inputSchema));
        return SchemaShapes.Append(
            inputSchema, SchemaShapes.VectorColumn(_transformer.OutputColumnName, NumberDataViewType.Single));
    }
}
