using System.IO.Compression;
using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Models;

/// <summary>A pipeline with a detector in it, loaded from a zip.</summary>
internal sealed class SavedModel : IDisposable
{
    private readonly ITransformer _model;

    private SavedModel(string path, ITransformer model, DetectorTransformer detector, DataViewSchema.Column input)
    {
        Path = path;
        _model = model;
        Detector = detector;
        InputColumn = input;
        TakesImages = input.Type is TextDataViewType;
        OnnxFeatureTransformer[] networks = [.. PipelineParts.Of(model).OfType<OnnxFeatureTransformer>()];
        string?[] layers = [.. detector.InputColumnNames.Select(column => LayerOf(networks, column))];
        Layers = layers.Contains(null) ? [] : [.. layers.OfType<string>()];
        TokenPooling = networks.LastOrDefault(network => network.OutputColumnNames.Contains(detector.InputColumnNames[0]))?.TokenPooling ?? TokenPooling.None;
    }

    /// <summary>The zip.</summary>
    public string Path { get; }

    /// <summary>The last detector of the pipeline.</summary>
    public DetectorTransformer Detector { get; }

    /// <summary>The column of images' paths or of embeddings that the pipeline reads.</summary>
    public DataViewSchema.Column InputColumn { get; }

    /// <summary>The tensor that each column of the detector comes from; empty where the pipeline takes embeddings, or runs its network by other means.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>How the tokens of such tensors are pooled.</summary>
    public TokenPooling TokenPooling { get; }

    /// <summary>The scores of an ensemble whose rows say what each score finds; empty where they do not, and of other detectors.</summary>
    public IReadOnlyList<OutOfDistributionScore> Scores =>
        Detector is EnsembleTransformer { IsCalibrated: true, ScoreProbabilitiesColumnName: not null } ensemble ? ensemble.Ensemble.Scores : [];

    /// <summary>Whether a row is the path of an image; otherwise it is an embedding.</summary>
    public bool TakesImages { get; }

    /// <exception cref="InputException">The file is not a pipeline with a detector, or takes neither images nor embeddings.</exception>
    public static SavedModel Load(MLContext mlContext, string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"There is no model '{path}'; make one with 'dime fit'.");
        }

        ITransformer model;
        DataViewSchema? schema;
        try
        {
            model = mlContext.Model.Load(path, out schema);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InputException(IsPipeline(path)
                ? $"'{path}' is not a model that can be loaded: {e.GetBaseException().Message}"
                : $"'{path}' is not a model, but another kind of file; name a zip that 'dime fit' or mlContext.Model.Save wrote.", e);
        }

        DetectorTransformer detector = PipelineParts.Of(model).OfType<DetectorTransformer>().LastOrDefault()
            ?? throw new InputException($"'{path}' has no out-of-distribution detector in it; make a model with 'dime fit', or append DetectOutOfDistribution to the pipeline.");
        return new SavedModel(path, model, detector, InputOf(path, model, schema, detector));
    }

    /// <summary>The rows with the model's columns; they are scored when they are read.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="unreadable">Hears of images that cannot be read.</param>
    public IDataView Transform(MLContext mlContext, IDataView rows, UnreadableImages unreadable) =>
        ImageLoading.Transform(mlContext, PipelineParts.Of(_model), rows, unreadable);

    public void Dispose() => (_model as IDisposable)?.Dispose();

    private static string? LayerOf(OnnxFeatureTransformer[] networks, string column) => networks
        .Select(network => network.TensorNames.Zip(network.OutputColumnNames).FirstOrDefault(pair => pair.Second == column).First)
        .LastOrDefault(layer => layer is not null);

    private static DataViewSchema.Column InputOf(string path, ITransformer model, DataViewSchema? schema, DetectorTransformer detector)
    {
        DataViewSchema.Column[] columns = schema is null ? [] : [.. Needed(model, schema, detector).Where(column => !column.IsHidden)];
        DataViewSchema.Column[] embeddings = [.. columns.Where(column => IsEmbedding(column.Type))];
        DataViewSchema.Column[] texts = [.. columns.Where(column => column.Type is TextDataViewType)];
        DataViewSchema.Column[][] choices = [[.. embeddings.Where(column => detector.InputColumnNames.Contains(column.Name))], texts, embeddings];
        return choices.FirstOrDefault(choice => choice.Length == 1)?[0]
            ?? throw new InputException($"'{path}' takes neither the paths of images in its only text column nor embeddings in its only vector of Single; score its rows in a program of your own.");
    }

    // Programs save the schema of their training data, with labels and whatever else is in it.
    private static IEnumerable<DataViewSchema.Column> Needed(ITransformer model, DataViewSchema schema, DetectorTransformer detector)
    {
        if (!model.IsRowToRowMapper)
        {
            return schema;
        }

        IRowToRowMapper mapper = LibraryErrors.AsInput(() => model.GetRowToRowMapper(schema));
        string?[] names = [detector.DistanceColumnName, detector.ProbabilityColumnName, detector.OutlierColumnName];
        return mapper.GetDependencies(mapper.OutputSchema.Where(column => names.Contains(column.Name)));
    }

    // ML.NET says of other zips which of its own entries they lack.
    private static bool IsPipeline(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return zip.Entries.Any(entry => entry.Name == "Model.key");
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool IsEmbedding(DataViewType type) =>
        type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;
}
