using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Onnx.Features;

/// <summary>A feature transformer bound to an input schema: blocks of rows are inferences.</summary>
internal sealed class FeatureRowMapper : IBlockMapper
{
    private readonly OnnxFeatureTransformer _transformer;
    private readonly FeaturePlan _plan;
    private readonly DataViewSchema.Column[] _inputs;

    /// <exception cref="ArgumentException">The schema lacks a column that the network takes, or has it with another type or size.</exception>
    public FeatureRowMapper(OnnxFeatureTransformer transformer, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _plan = transformer.Plan;
        _inputs = [.. _plan.Inputs.Select(input => FeatureInputColumn.Require(inputSchema, input, nameof(inputSchema)))];
    }

    public int? PreferredBlockRows => _plan.BatchRows;

    public int LeastBlockRows => _plan.Model.FixedBatch ?? 1;

    public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
    [
        .. _plan.Outputs.Select(output => new DataViewSchema.DetachedColumn(
            output.Column, FeatureOutput.ColumnType(output.Tensor, _plan.Settings.PoolFeatureMaps))),
    ];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        bool any = Enumerable.Range(0, _plan.Outputs.Count).Any(activeOutput);
        return input => any && _inputs.Any(column => column.Index == input);
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer) =>
        SingleRow.CreateGetters(this, input, _plan.Outputs.Count, activeOutput, out disposer);

    public IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity) =>
        new FeatureBlock(_plan, _transformer.Session, source, _inputs, activeOutput, capacity);

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => OnnxFeatureTransformerFormat.Save(ctx, _transformer);
}
