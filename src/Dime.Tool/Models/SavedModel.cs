using System.IO.Compression;
using Dime.MLNet;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Models;

/// <summary>A pipeline with a detector in it, loaded from a zip.</summary>
internal sealed class SavedModel : IDisposable
{
    private readonly ITransformer _model;

    private SavedModel(string path, ITransformer model, DimeTransformer detector, DataViewSchema.Column input)
    {
        Path = path;
        _model = model;
        Detector = detector;
        InputColumnName = input.Name;
        TakesImages = input.Type is TextDataViewType;
        Layer = Flatten(model).OfType<OnnxFeatureTransformer>().Select(network => LayerOf(network, detector)).LastOrDefault(layer => layer is not null);
    }

    /// <summary>The zip.</summary>
    public string Path { get; }

    /// <summary>The last detector of the pipeline.</summary>
    public DimeTransformer Detector { get; }

    /// <summary>The column of images' paths or of embeddings that the pipeline reads.</summary>
    public string InputColumnName { get; }

    /// <summary>The tensor that the detector watches; null where the pipeline takes embeddings, or runs its network by other means.</summary>
    public string? Layer { get; }

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

        DimeTransformer detector = Flatten(model).OfType<DimeTransformer>().LastOrDefault()
            ?? throw new InputException($"'{path}' has no out-of-distribution detector in it; make a model with 'dime fit', or append DetectOutOfDistribution to the pipeline.");
        return new SavedModel(path, model, detector, InputOf(path, schema, detector));
    }

    /// <summary>The rows with the model's columns; they are scored when they are read.</summary>
    public IDataView Transform(IDataView rows) => _model.Transform(rows);

    public void Dispose() => (_model as IDisposable)?.Dispose();

    private static string? LayerOf(OnnxFeatureTransformer network, DimeTransformer detector) =>
        network.TensorNames.Zip(network.OutputColumnNames).FirstOrDefault(pair => pair.Second == detector.InputColumnName).First;

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];

    private static DataViewSchema.Column InputOf(string path, DataViewSchema? schema, DimeTransformer detector)
    {
        DataViewSchema.Column[] columns = [.. schema?.Where(column => !column.IsHidden) ?? []];
        DataViewSchema.Column[] embeddings = [.. columns.Where(column => IsEmbedding(column.Type))];
        DataViewSchema.Column[] texts = [.. columns.Where(column => column.Type is TextDataViewType)];
        DataViewSchema.Column[][] choices = [[.. embeddings.Where(column => column.Name == detector.InputColumnName)], texts, embeddings];
        return choices.FirstOrDefault(choice => choice.Length == 1)?[0]
            ?? throw new InputException($"'{path}' takes neither the paths of images in its only text column nor embeddings in its only vector of Single; score its rows in a program of your own.");
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
