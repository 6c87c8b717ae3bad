using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>
/// What the sample network makes of the sample images at three of its layers, extracted once for all tests that want it:
/// from image files through the stages of ML.NET and <c>ExtractOnnxFeatures</c> to embeddings in memory.
/// </summary>
internal static class SampleFeatures
{
    private static readonly Lazy<IReadOnlyList<LayerRow>> _all = new(Extract);

    /// <summary>The layers, as the reference figures name them.</summary>
    public static IReadOnlyList<string> Tensors { get; } = ["/l2/l2.1/Relu_1_output_0", "/l3/l3.1/Relu_1_output_0", "/l4/l4.1/Relu_1_output_0"];

    /// <summary>The embeddings of one set ("train", "test", "ood-mnist", "ood-cifar100") at one layer.</summary>
    public static IDataView Load(MLContext mlContext, string set, int layer)
    {
        List<FeaturesRow> rows =
        [
            .. _all.Value.Where(row => row.Name.StartsWith(set + "/", StringComparison.Ordinal))
                .Select(row => new FeaturesRow { Name = row.Name, Features = row.At(layer) }),
        ];
        var definition = SchemaDefinition.Create(typeof(FeaturesRow));
        definition[nameof(FeaturesRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return mlContext.Data.LoadFromEnumerable(rows, definition);
    }

    /// <summary>The embedding of one image at one layer.</summary>
    public static float[] Of(string name, int layer) => _all.Value.Single(row => row.Name == name).At(layer);

    /// <summary>The stages from the path of an image to the pixels that the network takes.</summary>
    public static EstimatorChain<ImagePixelExtractingTransformer> Pixels(MLContext mlContext) =>
        mlContext.Transforms.LoadImages("image", imageFolder: null, nameof(SampleImage.Path))
            .Append(mlContext.Transforms.ResizeImages("image", 32, 32))
            .Append(mlContext.Transforms.ExtractPixels("pixels", "image"));

    /// <summary>Unpacks the images whose names start so, and gives them to a function; the files are gone when it returns.</summary>
    public static T WithImages<T>(string start, Func<IReadOnlyList<SampleImage>, T> use)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
        try
        {
            using (ZipArchive archive = ZipFile.OpenRead(ProjectFiles.SampleImages))
            {
                foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName.StartsWith(start, StringComparison.Ordinal)))
                {
                    string file = Path.Combine(folder.FullName, entry.FullName);
                    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                    entry.ExtractToFile(file);
                }
            }

            return use(SampleImage.In(folder));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<LayerRow> Extract() => WithImages("", images =>
    {
        var mlContext = new MLContext(seed: 1);
        IDataView files = mlContext.Data.LoadFromEnumerable(images);
        EstimatorChain<OnnxFeatureTransformer> pipeline = Pixels(mlContext)
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Layer0", "pixels", ProjectFiles.SampleNetwork, Tensors[0]))
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Layer1", "pixels", ProjectFiles.SampleNetwork, Tensors[1]))
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Layer2", "pixels", ProjectFiles.SampleNetwork, Tensors[2]));
        using TransformerChain<OnnxFeatureTransformer> model = pipeline.Fit(files);
        return mlContext.Data.CreateEnumerable<LayerRow>(model.Transform(files), reuseRowObject: false).ToList();
    });

    private sealed class FeaturesRow
    {
        public string Name { get; set; } = "";

        public float[] Features { get; set; } = [];
    }
}
