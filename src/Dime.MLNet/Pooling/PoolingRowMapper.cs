using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Pooling;

/// <summary>A pooling transformer bound to an input schema.</summary>
internal sealed class PoolingRowMapper : IRowMapper
{
    private readonly GlobalAveragePoolingTransformer _transformer;
    private readonly DataViewSchema.Column _maps;
    private readonly FeatureMapShape _shape;

    /// <exception cref="ArgumentException">The schema lacks the feature maps, or they cannot be pooled.</exception>
    public PoolingRowMapper(GlobalAveragePoolingTransformer transformer, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _maps = FeatureColumn.RequireVector(inputSchema, transformer.InputColumnName, nameof(inputSchema));
        var type = (VectorDataViewType)_maps.Type;
        _shape = FeatureMapShape.Of(type) ?? throw new ArgumentException(
            $"Column '{_maps.Name}' has the dimensions [{string.Join(',', type.Dimensions)}]; what can be pooled is [1,C,H,W], [C,H,W], [1,C,T] or [C,T]. "
            + "A vector that is an embedding already needs no pooling.",
            nameof(inputSchema));
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
        [new(_transformer.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, _shape.Channels))];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        bool active = activeOutput(0);
        return input => active && input == _maps.Index;
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
    {
        disposer = null;
        return activeOutput(0) ? [MakeGetter(new ColumnReader<float>(new RowSource(input), _maps))] : [null!];
    }

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_transformer).Save(ctx);

    private ValueGetter<VBuffer<float>> MakeGetter(ColumnReader<float> reader)
    {
        FeatureMapShape shape = _shape;
        return (ref VBuffer<float> pooled) =>
        {
            ReadOnlySpan<float> map = reader.Read();
            var editor = VBufferEditor.Create(ref pooled, shape.Channels);
            ChannelMeans.Compute(map, editor.Values);
            pooled = editor.Commit();
        };
    }
}
