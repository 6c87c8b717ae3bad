using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>A fitted transformer bound to an input schema: which columns it appends, and their getters.</summary>
internal sealed class DimeRowMapper : IBlockMapper
{
    private readonly DimeTransformer _transformer;
    private readonly DataViewSchema.Column _features;
    private readonly OutputColumn[] _outputs;

    /// <exception cref="ArgumentException">The schema lacks the embeddings that the model was fitted to.</exception>
    public DimeRowMapper(DimeTransformer transformer, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _features = FeatureColumn.Require(inputSchema, transformer.Settings.InputColumnName, nameof(inputSchema));
        EmbeddingTrainer.RequireDimension(_features, transformer.Embedding, nameof(inputSchema));
        _outputs = [.. transformer.Settings.OutputColumns(transformer.Embedding.IsCalibrated)];
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
        [.. _outputs.Select(output => new DataViewSchema.DetachedColumn(output.Name, output.Type))];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        bool any = Enumerable.Range(0, _outputs.Length).Any(activeOutput);
        return input => any && input == _features.Index;
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
    {
        return SingleRow.CreateGetters(this, input, _outputs.Length, activeOutput, out disposer);
    }

    public IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity) => new EmbeddingBlock(
        new ColumnReader<float>(source, _features), _transformer.Embedding, _outputs, activeOutput, _transformer.OutlierProbability, capacity);

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => DimeTransformerFormat.Save(ctx, _transformer);
}
