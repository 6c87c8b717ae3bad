using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Onnx.Features;

/// <summary>A feature transformer bound to an input schema: blocks of rows are inferences.</summary>
internal sealed class FeatureRowMapper : IBlockMapper
{
    private readonly ITransformer _transformer;
    private readonly FeaturePlan _plan;
    private readonly FeatureSession _session;
    private readonly DataViewSchema.Column[] _inputs;

    /// <exception cref="ArgumentException">The schema lacks a column that the network takes, or has it with another type or size.</exception>
    public FeatureRowMapper(ITransformer transformer, FeaturePlan plan, FeatureSession session, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _plan = plan;
        _session = session;
        _inputs = [.. _plan.Inputs.Select(input => FeatureInputColumn.Require(inputSchema, input, nameof(inputSchema)))];
    }

    public int? PreferredBlockRows => _plan.BatchRows;

    public int LeastBlockRows => _plan.Model.FixedBatch ?? 1;

    public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
    [
        .. _plan.Outputs.Select(output => new DataViewSchema.DetachedColumn(output.Column, FeatureOutput.ColumnType(output))),
    ];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        bool any = Enumerable.Range(0, _plan.Outputs.Count).Any(activeOutput);
        return input => any && _inputs.Any(column => column.Index == input);
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer) =>
        SingleRow.CreateGetters(this, input, _plan.Outputs.Count, activeOutput, out disposer);

    public IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity) =>
        new FeatureBlock(_plan, _session, source, _inputs, activeOutput, capacity);

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => _transformer.Save(ctx);
}
