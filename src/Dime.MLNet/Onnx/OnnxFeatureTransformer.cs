using Dime.MLNet;
using Dime.MLNet.Mapping;
using Dime.MLNet.Onnx.Features;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(
    typeof(OnnxFeatureTransformer), typeof(OnnxFeatureTransformer), null, typeof(SignatureLoadModel),
    "ONNX features", OnnxFeatureTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(OnnxFeatureTransformer), null, typeof(SignatureLoadRowMapper),
    "ONNX features", OnnxFeatureTransformerFormat.LoaderSignature)]

namespace Dime.MLNet;

/// <summary>Computes tensors of an ONNX network, in batches of rows.</summary>
/// <remarks>
/// Rows are run when they are read, many in one inference where the network's batch is dynamic or larger than 1. The part of
/// the network that the tensors need is saved and loaded with the pipeline; no file is written or needed. Safe for use by
/// several threads at once, which share one session of ONNX Runtime; <see cref="Dispose"/>, or that of the chain it stands in,
/// releases it.
/// </remarks>
public sealed class OnnxFeatureTransformer : ITransformer, IDisposable
{
    private readonly IHost _host;

    internal OnnxFeatureTransformer(IHostEnvironment environment, FeaturePlan plan, FeatureSession session)
    {
        _host = environment.Register(nameof(OnnxFeatureTransformer));
        Plan = plan;
        Session = session;
    }

    /// <summary>The columns that the network takes.</summary>
    public IReadOnlyList<string> InputColumnNames => Plan.Settings.InputColumnNames;

    /// <summary>The columns of the tensors.</summary>
    public IReadOnlyList<string> OutputColumnNames => Plan.Settings.OutputColumnNames;

    /// <summary>The tensors, in the order of <see cref="OutputColumnNames"/>.</summary>
    public IReadOnlyList<string> TensorNames => Plan.Settings.TensorNames;

    /// <summary>The most rows that one inference takes.</summary>
    public int BatchSize => Plan.BatchRows;

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    internal FeaturePlan Plan { get; }

    internal FeatureSession Session { get; }

    /// <summary>The input columns and those of the tensors.</summary>
    /// <param name="inputSchema">A schema with the columns that the network takes.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type or size than the input of the network.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => RowMapping.OutputSchema(inputSchema, Bind);

    /// <summary>Appends the columns of the tensors; the network runs when they are read.</summary>
    /// <param name="input">Data with the columns that the network takes.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type or size than the input of the network.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public IDataView Transform(IDataView input) => RowMapping.Transform(_host, input, Bind);

    /// <summary>Releases the session of ONNX Runtime, after the inferences under way; what reads on from the transformer's data gets an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => Session.Dispose();

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => RowMapping.Mapper(_host, inputSchema, Bind);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Session.ThrowIfDisposed();
        OnnxFeatureTransformerFormat.Save(ctx, Plan);
    }

    // ML.NET calls the methods named Create by reflection.
    internal static OnnxFeatureTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        FeaturePlan plan = OnnxFeatureTransformerFormat.Load(context);
        return new OnnxFeatureTransformer(environment, plan, new FeatureSession(environment, plan, gpuDeviceId: null, fallbackToCpu: false));
    }

    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);

    private FeatureRowMapper Bind(DataViewSchema inputSchema)
    {
        Session.ThrowIfDisposed();
        return new FeatureRowMapper(this, Plan, Session, inputSchema);
    }
}
