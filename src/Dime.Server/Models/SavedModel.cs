using System.IO.Compression;
using Dime.MLNet;
using Dime.Server.Errors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Models;

/// <summary>A pipeline with a detector in it, loaded from a zip.</summary>
internal sealed class SavedModel : IDisposable
{
    private readonly ITransformer _model;

    private SavedModel(string path, ITransformer model, DataViewSchema schema, DetectorTransformer detector, DataViewSchema.Column input)
    {
        Path = path;
        _model = model;
        Schema = schema;
        Detector = detector;
        InputColumn = input;
        TakesImages = input.Type is TextDataViewType;
        OnnxFeatureTransformer[] networks = [.. Parts.OfType<OnnxFeatureTransformer>()];
        string?[] layers = [.. detector.InputColumnNames.Select(column => LayerOf(networks, column))];
        Layers = layers.Contains(null) ? [] : [.. layers.OfType<string>()];
        TokenPooling = networks.LastOrDefault(network => network.OutputColumnNames.Contains(detector.InputColumnNames[0]))?.TokenPooling ?? TokenPooling.None;
    }

    /// <summary>The zip.</summary>
    public string Path { get; }

    /// <summary>The columns of the rows that the pipeline was fitted to.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>The stages, in the order in which they are applied.</summary>
    public IEnumerable<ITransformer> Parts => PipelineParts.Of(_model);

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
        using FileStream file = Open(path);
        return Load(mlContext, path, file);
    }

    /// <summary>Opens the file of a model, for whoever looks at it before it is loaded.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static FileStream Open(string path) =>
        File.Exists(path) ? File.OpenRead(path) : throw new InputException($"There is no model '{path}'; make one with 'dime fit'.");

    /// <param name="mlContext">Gives the environment.</param>
    /// <param name="path">Where the file was opened; another may stand there by now.</param>
    /// <param name="file">The file, from its first byte on; it is left open.</param>
    /// <exception cref="InputException">The file is not a pipeline with a detector, or takes neither images nor embeddings.</exception>
    public static SavedModel Load(MLContext mlContext, string path, Stream file)
    {
        ITransformer model;
        DataViewSchema? schema;
        try
        {
            model = mlContext.Model.Load(file, out schema);
        }
        catch (Exception e) when (!Cause.IsOfMemory(e))
        {
            throw new InputException(IsPipeline(path)
                ? $"'{path}' is not a model that can be loaded: {e.GetBaseException().Message}"
                : $"'{path}' is not a model, but another kind of file; name a zip that 'dime fit' or mlContext.Model.Save wrote.", e);
        }

        DetectorTransformer detector = PipelineParts.Of(model).OfType<DetectorTransformer>().LastOrDefault()
            ?? throw new InputException($"'{path}' has no out-of-distribution detector in it; make a model with 'dime fit', or append DetectOutOfDistribution to the pipeline.");
        return new SavedModel(path, model, schema ?? new DataViewSchema.Builder().ToSchema(), detector, InputOf(path, model, schema, detector));
    }

    /// <summary>Checks that the model gives distances, and probabilities and flags where they are needed or come with the calibration.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public void RequireScores(bool calibrated)
    {
        if (Detector.DistanceColumnName is null)
        {
            throw new InputException($"The detector of '{Path}' leaves the distance out; fit it with a DistanceColumnName.");
        }

        if (Detector is EnsembleTransformer { IsCalibrated: false })
        {
            throw new InputException($"The ensemble of '{Path}' is not calibrated, and says nothing of a row before it is; calibrate it on rows that it was not fitted to.");
        }

        if (calibrated && !(Detector.IsCalibrated && Detector.ProbabilityColumnName is not null && Detector.OutlierColumnName is not null))
        {
            throw new InputException($"The detector of '{Path}' gives no probabilities and flags; fit it with a calibration and their columns.");
        }
    }

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
