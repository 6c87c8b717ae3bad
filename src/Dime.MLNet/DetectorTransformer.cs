using Dime.MLNet.Detection;
using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>What the transformers of all detectors have in common: they append a distance, its probability, and whether a row is out of distribution.</summary>
/// <remarks>
/// An instance never changes, may be used by any number of threads at once, and holds nothing to dispose of. What reads its
/// data may not be shared: a cursor belongs to one thread, and ML.NET's <c>PredictionEngine</c> silently gives wrong values
/// where two threads use it at a time. Where a network stands in the pipeline, <see cref="OnnxFeatureTransformer"/> says what
/// disposing a pipeline or an engine does.
/// </remarks>
public abstract class DetectorTransformer : ITransformer
{
    private readonly IHost _host;

    private protected DetectorTransformer(IHostEnvironment environment, ScoringSettings settings)
    {
        _host = environment.Register(GetType().FullName);
        Settings = settings;
    }

    /// <summary>The names of the columns that are read, known-size vectors of <see cref="float"/>.</summary>
    public IReadOnlyList<string> InputColumnNames => Settings.InputColumnNames;

    /// <summary>The name of the column of distances; null where it is left out.</summary>
    public string? DistanceColumnName => Settings.DistanceColumnName;

    /// <summary>The name of the column of probabilities, NaN where the model is not calibrated; null where it is left out.</summary>
    public string? ProbabilityColumnName => Settings.ProbabilityColumnName;

    /// <summary>The name of the column that flags rows, all of them where the model is not calibrated; null where it is left out.</summary>
    public string? OutlierColumnName => Settings.OutlierColumnName;

    /// <summary>The probability from which on a row is flagged, in (0, 1].</summary>
    public double OutlierProbability => Settings.OutlierProbability;

    /// <summary>Whether distances can be turned into probabilities.</summary>
    public bool IsCalibrated => Model.Distances is not null;

    /// <summary>The number of rows that the model was calibrated on; 0 before calibration, and where a file of version 0.1.0 does not tell.</summary>
    public long CalibrationRowCount => Model.CalibrationRowCount;

    /// <summary>What the model is called in metrics and files; null where it was given no name.</summary>
    public string? ModelName => Settings.ModelName;

    internal ScoringSettings Settings { get; }

    internal abstract IDetectorModel Model { get; }

    private protected IHost Host => _host;

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The input columns and the appended ones: those that have a name, whether the model is calibrated or not.</summary>
    /// <param name="inputSchema">A schema with the columns of embeddings.</param>
    /// <exception cref="ArgumentException">A column is missing, of another type or size, or an unpooled feature map.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => RowMapping.OutputSchema(inputSchema, Bind);

    /// <summary>Appends the columns; rows are scored when they are read.</summary>
    /// <param name="input">Data with the columns of embeddings.</param>
    /// <exception cref="ArgumentException">A column is missing, of another type or size, or an unpooled feature map.</exception>
    public IDataView Transform(IDataView input) => RowMapping.Transform(_host, input, Bind);

    /// <summary>Learns from other data how large distances usually are.</summary>
    /// <param name="data">Data with the columns of embeddings, which the model was not fitted to. It is read once. Rows with a value that is not finite are left out.</param>
    /// <returns>A new transformer of the same model, whose probabilities speak of <paramref name="data"/>.</returns>
    /// <exception cref="ArgumentException">A column is missing, of another type or size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">There is no row of finite values, for an ensemble fewer than 20; or a row cannot be read, which the message names.</exception>
    public abstract DetectorTransformer Calibrate(IDataView data);

    /// <summary>Changes the probability from which on a row is flagged.</summary>
    /// <param name="outlierProbability">The new limit, in (0, 1].</param>
    /// <returns>A new transformer that is otherwise the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    public abstract DetectorTransformer WithOutlierProbability(double outlierProbability);

    /// <summary>Changes what the model is called in metrics and files.</summary>
    /// <param name="modelName">The new name; null for that of its input columns.</param>
    /// <returns>A new transformer that is otherwise the same.</returns>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public abstract DetectorTransformer WithModelName(string? modelName);

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => RowMapping.Mapper(_host, inputSchema, Bind);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    private protected abstract void Save(ModelSaveContext context);

    private protected ScoringSettings SettingsWith(double outlierProbability)
    {
        ScoringSettings settings = Settings with { OutlierProbability = DetectorOptions.RequireShare(outlierProbability, nameof(outlierProbability)) };
        ScoringWarnings.LogOutlierProbability(_host, settings);
        return settings;
    }

    private protected ScoringSettings SettingsWith(string? modelName) => modelName is null || !string.IsNullOrWhiteSpace(modelName)
        ? Settings with { ModelName = modelName }
        : throw new ArgumentException("The name of a model must not be empty or white space.", nameof(modelName));

    private protected IRowMapper Bind(DataViewSchema inputSchema) => new DetectorRowMapper(this, Model, Settings, inputSchema);
}
