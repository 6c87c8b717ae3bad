using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Evidence.Data;

/// <summary>Runs a network on folders of images, and hands out all tensors that a detector wants from one pass.</summary>
internal sealed class NetworkFeatures
{
    private const string RowColumn = "Row";

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly ImageSettings _settings;
    private readonly MonitoringPlan _plan;
    private readonly int? _mostRows;

    /// <param name="settings">How images become the network's input.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="plan">The tensors.</param>
    /// <param name="mostRows">How many images of a folder are taken, spread evenly over it; null for all.</param>
    public NetworkFeatures(ImageSettings settings, NetworkInput input, MonitoringPlan plan, int? mostRows)
    {
        _settings = settings;
        Input = input;
        _plan = plan;
        _mostRows = mostRows;
    }

    /// <summary>What the network takes.</summary>
    public NetworkInput Input { get; }

    /// <summary>The images in a folder and below it.</summary>
    /// <exception cref="InputException">There are none.</exception>
    public string[] Files(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. ImageFiles.Find(folder)]
            : throw new InputException($"There is no folder '{folder}'; name the folder of the images.");
        return files.Length == 0
            ? throw new InputException($"There are no images in '{folder}' ({string.Join(", ", ImageFiles.Extensions)}); name another folder.")
            : _mostRows < files.Length
                ? [.. Enumerable.Range(0, _mostRows.Value).Select(i => files[(int)((long)i * files.Length / _mostRows.Value)])]
                : files;
    }

    /// <summary>The features of images. Those that cannot be read are left out.</summary>
    /// <param name="files">The images.</param>
    /// <param name="fault">What is done to them first; null for nothing.</param>
    /// <exception cref="InputException">None can be read.</exception>
    public FeatureRows Extract(IReadOnlyList<string> files, Fault? fault = null)
    {
        var unreadable = new UnreadableImages(areSkipped: true);
        IDataView rows = _mlContext.Data.LoadFromEnumerable(files.Select(file => new ImageRow { Path = file }));
        IDataView images = ImageLoading.Transform(_mlContext, [ImagePipeline.CreateLoader(_mlContext)], rows, unreadable);
        if (fault is not null)
        {
            // As the network would see it: of its size, which the pipeline then leaves as it is.
            IDataView resized = ImagePipeline.CreateResizing(_mlContext, _settings, Input).Fit(images).Transform(images);
            images = FaultyImages.Apply(_mlContext, resized, fault);
        }

        using TransformerChain<ITransformer> model = CreatePipeline().Fit(images);
        IDataView features = model.Transform(images);
        float[][] values = [.. features.GetColumn<float[]>(RowColumn)];
        if (unreadable.Skipped is [var first, ..] skipped)
        {
            string what = $"'{first.File}' {first.Fault}";
            Console.Error.WriteLine(values.Length > 0
                ? $"{skipped.Count} images are left out: {what}."
                : throw new InputException($"None of the {files.Count} images can be read: {what}; name another folder."));
        }

        return new FeatureRows(LayoutOf(features.Schema), [.. values.SelectMany(row => row)]);
    }

    private EstimatorChain<ITransformer> CreatePipeline() =>
        ImagePipeline.AppendPixels(_mlContext, ImagePipeline.CreateResizing(_mlContext, _settings, Input), _settings, Input)
            .Append<ITransformer>(_mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
            {
                ModelFile = _settings.Network,
                InputColumnNames = [ImagePipeline.PixelColumn],
                TensorNames = _plan.TensorNames,
                OutputColumnNames = _plan.OutputColumnNames,
                TokenPooling = _plan.TokenPooling,
            }))
            .Append<ITransformer>(_mlContext.Transforms.Concatenate(RowColumn, [.. _plan.OutputColumnNames]));

    private EmbeddingLayout LayoutOf(DataViewSchema schema) =>
        new([.. _plan.OutputColumnNames.Select(column => (column, ((VectorDataViewType)schema[column].Type).Size))]);

    private sealed class ImageRow
    {
        [ColumnName(ImagePipeline.PathColumn)]
        public string Path { get; set; } = "";
    }
}
