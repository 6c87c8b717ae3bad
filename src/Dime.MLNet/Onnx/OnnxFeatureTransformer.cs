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
/// the network that the tensors need is saved and loaded with the pipeline; no file is written or needed.
/// <para>
/// A transformer may be used by any number of threads at once, and so may the data views that it makes: all share one session
/// of ONNX Runtime. What reads them may not: a cursor belongs to one thread, and ML.NET's <c>PredictionEngine</c> silently
/// gives wrong values where two threads use it at a time. Create an engine for each thread, or take a <c>PredictionEnginePool</c>.
/// </para>
/// <para>
/// The session is released when nobody holds it any more: this transformer until <see cref="Dispose"/>, each copy of it that
/// <c>Calibrate</c> puts into a new pipeline, each cursor until it is disposed, and each <c>PredictionEngine</c> until it is
/// garbage. Disposing one of them takes nothing from the others. ML.NET's <c>PredictionEngine</c> disposes its model with
/// itself, unless it is created with <c>PredictionEngineOptions.OwnsTransformer = false</c>; engines made before go on without
/// noticing, and what is made after that loads the network again, with a warning in the log.
/// </para>
/// </remarks>
public sealed class OnnxFeatureTransformer : ITransformer, IDisposable, ISharingTransformer
{
    private readonly IHost _host;
    private readonly IDisposable _hold;

    internal OnnxFeatureTransformer(IHostEnvironment environment, FeaturePlan plan, FeatureSession session)
    {
        _host = environment.Register(nameof(OnnxFeatureTransformer));
        Plan = plan;
        Session = session;
        _hold = session.Hold();
    }

    /// <summary>The columns that the network takes.</summary>
    public IReadOnlyList<string> InputColumnNames => Plan.Settings.InputColumnNames;

    /// <summary>The columns of the tensors.</summary>
    public IReadOnlyList<string> OutputColumnNames => Plan.Settings.OutputColumnNames;

    /// <summary>The tensors, in the order of <see cref="OutputColumnNames"/>.</summary>
    public IReadOnlyList<string> TensorNames => Plan.Settings.TensorNames;

    /// <summary>What becomes of tensors of three dimensions, as <see cref="OnnxFeatureOptions.TokenPooling"/> has it; a network that a detector is fused into takes the same.</summary>
    public TokenPooling TokenPooling => Plan.Settings.TokenPooling;

    /// <summary>The most rows that one inference takes.</summary>
    public int BatchSize => Plan.BatchRows;

    /// <summary>The threads within an operator, as <see cref="OnnxFeatureOptions.IntraOpNumThreads"/> has it; null for ONNX Runtime's choice.</summary>
    public int? IntraOpNumThreads => Plan.Settings.IntraOpNumThreads;

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    internal FeaturePlan Plan { get; }

    internal FeatureSession Session { get; }

    /// <summary>The input columns and those of the tensors.</summary>
    /// <param name="inputSchema">A schema with the columns that the network takes.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type or size than the input of the network.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => RowMapping.OutputSchema(inputSchema, Bind);

    /// <summary>Appends the columns of the tensors; the network runs when they are read.</summary>
    /// <param name="input">Data with the columns that the network takes.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type or size than the input of the network.</exception>
    public IDataView Transform(IDataView input) => RowMapping.Transform(_host, input, Bind);

    /// <summary>
    /// Makes a transformer that runs the same network with another number of threads, in a session of its own: few where many inferences run at a time, so that
    /// they do not wait for each other's threads.
    /// </summary>
    /// <param name="intraOpNumThreads">The threads within an operator, from 1 to 1024; null for ONNX Runtime's choice.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public OnnxFeatureTransformer WithIntraOpNumThreads(int? intraOpNumThreads)
    {
        if (intraOpNumThreads is < 1 or > FeatureSettings.MostThreads)
        {
            throw new ArgumentOutOfRangeException(nameof(intraOpNumThreads), intraOpNumThreads, $"The number of threads must be from 1 to {FeatureSettings.MostThreads}.");
        }

        var plan = new FeaturePlan(Plan.Model, Plan.Settings with { IntraOpNumThreads = intraOpNumThreads }, default);
        return new OnnxFeatureTransformer(_host, plan, Session.With(plan));
    }

    /// <summary>
    /// Gives up the transformer's hold on the session of ONNX Runtime, which is released at once where nobody else holds it, and
    /// else with the last cursor, engine or copy that does. A second call does nothing.
    /// </summary>
    /// <remarks>A transformer that is used after that still works, but loads the network again for each cursor that finds none loaded.</remarks>
    public void Dispose() => _hold.Dispose();

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => RowMapping.Mapper(_host, inputSchema, Bind);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx) => OnnxFeatureTransformerFormat.Save(ctx, Plan);

    // ML.NET calls the methods named Create by reflection.
    internal static OnnxFeatureTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        FeaturePlan plan = OnnxFeatureTransformerFormat.Load(context);
        return new OnnxFeatureTransformer(environment, plan, new FeatureSession(environment, plan, gpuDeviceId: null, fallbackToCpu: false));
    }

    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        Create(environment, context).Bind(schema);

    /// <inheritdoc/>
    ITransformer ISharingTransformer.Share() => new OnnxFeatureTransformer(_host, Plan, Session);

    private FeatureRowMapper Bind(DataViewSchema inputSchema) => new(this, Plan, Session, inputSchema);
}
