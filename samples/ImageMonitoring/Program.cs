// Fits DIME to images that a CIFAR-10 network was trained on, saves the pipeline, loads it again, and shows how well it
// tells images like those from images of another kind.
//
//   dotnet run --project samples/ImageMonitoring [-- <tensor>]
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Dime.MLNet;
using ImageMonitoring;
using Microsoft.ML;
using Microsoft.ML.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string tensorName = args.FirstOrDefault() ?? "/l2/l2.1/Relu_1_output_0";
string network = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx");
string archive = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-sample.zip");
DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
string zip = Path.Combine(folder.FullName, "model.zip");
var times = new List<string>();

try
{
    Timed("unpack", () => { ZipFile.ExtractToDirectory(archive, folder.FullName); return true; });
    Timed("fit and save", () => FitAndSave(new MLContext(seed: 1)));

    // What follows knows the pipeline from its zip alone, as a service in production would.
    var mlContext = new MLContext();
    var model = (TransformerChain<ITransformer>)Timed("load", () => mlContext.Model.Load(zip, out _));
    using (model)
    {
        DimeTransformer detector = model.OfType<DimeTransformer>().Single();
        Console.WriteLine($"{Path.GetFileName(network)} at {tensorName}: a hyperplane of rank {detector.Embedding.Rank} in "
            + $"{detector.Embedding.Dimension} dimensions explains {detector.Embedding.ExplainedVariance.Sum():P1}.");

        ScoredSet test = Score(mlContext, model, "test");
        ScoredSet[] others = [Score(mlContext, model, "ood-mnist"), Score(mlContext, model, "ood-cifar100")];
        Report.Print(mlContext, inDistribution: test, others);
    }

    Console.WriteLine($"Seconds: {string.Join(", ", times)}.");
    return 0;
}
finally
{
    folder.Delete(recursive: true);
}

bool FitAndSave(MLContext mlContext)
{
    IDataView train = mlContext.Data.LoadFromEnumerable(ImageFiles.In(folder, "train"));
    EstimatorChain<DimeTransformer> pipeline = mlContext.Transforms.LoadImages("image", imageFolder: null, nameof(ImageFile.Path))
        .Append(mlContext.Transforms.ResizeImages("image", 32, 32))
        .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
        .Append(mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", network, tensorName))
        .Append(mlContext.Transforms.DetectOutOfDistribution("Features"));
    using TransformerChain<DimeTransformer> model = pipeline.Fit(train);
    mlContext.Model.Save(model, train.Schema, zip);
    return true;
}

ScoredSet Score(MLContext mlContext, ITransformer model, string name) =>
    Timed($"score {name}", () => ScoredSet.Score(mlContext, model, name, ImageFiles.In(folder, name)));

T Timed<T>(string step, Func<T> work)
{
    var clock = Stopwatch.StartNew();
    T result = work();
    times.Add($"{step} {clock.Elapsed.TotalSeconds:F2}");
    return result;
}
