using Dime.MLNet;
using Dime.MLNet.Mapping;
using Dime.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(
    typeof(GlobalAveragePoolingTransformer), typeof(GlobalAveragePoolingTransformer), null, typeof(SignatureLoadModel),
    "Global average pooling", PoolingTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(GlobalAveragePoolingTransformer), null, typeof(SignatureLoadRowMapper),
    "Global average pooling", PoolingTransformerFormat.LoaderSignature)]

namespace Dime.MLNet;

/// <summary>Replaces each channel of a feature map by its mean over all positions.</summary>
/// <remarks>
/// The layout comes from the column's own dimensions, see <see cref="GlobalAveragePoolingEstimator"/>. Means are summed in
/// double precision. Saved and loaded with its pipeline; safe for use by several threads at once.
/// </remarks>
public sealed class GlobalAveragePoolingTransformer : ITransformer
{
    private readonly IHost _host;

    internal GlobalAveragePoolingTransformer(IHostEnvironment environment, string outputColumnName, string inputColumnName)
    {
        _host = environment.Register(nameof(GlobalAveragePoolingTransformer));
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName;
    }

    /// <summary>The name of the column of feature maps.</summary>
    public string InputColumnName { get; }

    /// <summary>The name of the column of channel means.</summary>
    public string OutputColumnName { get; }

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The input columns and the pooled one.</summary>
    /// <param name="inputSchema">A schema with the column of feature maps.</param>
    /// <exception cref="ArgumentException">The column is missing, not a vector of <see cref="float"/>, or of dimensions that cannot be pooled.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => RowMapping.OutputSchema(inputSchema, Bind);

    /// <summary>Appends the pooled column; rows are pooled when they are read.</summary>
    /// <param name="input">Data with the column of feature maps.</param>
    /// <exception cref="ArgumentException">The column is missing, not a vector of <see cref="float"/>, or of dimensions that cannot be pooled.</exception>
    public IDataView Transform(IDataView input) => RowMapping.Transform(_host, input, Bind);

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => RowMapping.Mapper(_host, inputSchema, Bind);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx) => PoolingTransformerFormat.Save(ctx, OutputColumnName, InputColumnName);

    // ML.NET calls the methods named Create by reflection.
    internal static GlobalAveragePoolingTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        (string output, string input) = PoolingTransformerFormat.Load(context);
        return new GlobalAveragePoolingTransformer(environment, output, input);
    }

    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);

    private PoolingRowMapper Bind(DataViewSchema inputSchema) => new(this, inputSchema);
}
