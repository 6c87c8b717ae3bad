using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Dime.MLNet.Telemetry;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>A fitted model bound to an input schema: which columns it appends, and their getters.</summary>
internal sealed class DetectorRowMapper : IBlockMapper
{
    private readonly ITransformer _transformer;
    private readonly IDetectorModel _model;
    private readonly double _outlierProbability;
    private readonly DataViewSchema.Column[] _features;
    private readonly OutputColumn[] _outputs;
    private readonly ScoringInstruments _instruments;

    /// <exception cref="ArgumentException">The schema lacks the embeddings that the model was fitted to.</exception>
    public DetectorRowMapper(ITransformer transformer, IDetectorModel model, ScoringSettings settings, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        _model = model;
        _outlierProbability = settings.OutlierProbability;
        var columns = InputColumns.Require(inputSchema, settings, nameof(inputSchema));
        columns.RequireDimensions(model.Dimensions, nameof(inputSchema));
        _features = columns.Features;
        _outputs = [.. settings.OutputColumns()];
        _instruments = new ScoringInstruments(settings.TelemetryName, model.ScoreNames);
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. _outputs.Select(output => output.ToColumn(_model.ScoreNames))];

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        bool any = Enumerable.Range(0, _outputs.Length).Any(activeOutput);
        return input => any && Array.Exists(_features, column => column.Index == input);
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
    {
        return SingleRow.CreateGetters(this, input, _outputs.Length, activeOutput, out disposer);
    }

    public IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity) => new EmbeddingBlock(
        new ColumnsReader(source, _features), _model, _outputs, activeOutput, _outlierProbability, capacity, _instruments);

    public ITransformer GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => _transformer.Save(ctx);
}
