using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>A fitted model bound to an input schema: which columns it appends, and their getters.</summary>
internal sealed class DimeRowMapper : IBlockMapper
{
    private readonly ITransformer _transformer;
    private readonly ModelledEmbedding _model;
    private readonly double _outlierProbability;
    private readonly DataViewSchema.Column _features;
    private readonly OutputColumn[] _outputs;

    /// <exception cref="ArgumentException">The schema lacks the embeddings that the model was fitted to.</exception>
    public DimeRowMapper(ITransformer transformer, ModelledEmbedding model, ScoringSettings settings, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _model = model;
        _outlierProbability = settings.OutlierProbability;
        _features = FeatureColumn.Require(inputSchema, settings.InputColumnName, nameof(inputSchema));
        EmbeddingTrainer.RequireDimension(_features, model, nameof(inputSchema));
        _outputs = [.. settings.OutputColumns()];
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
        new ColumnReader<float>(source, _features), _model, _outputs, activeOutput, _outlierProbability, capacity);

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => _transformer.Save(ctx);
}
