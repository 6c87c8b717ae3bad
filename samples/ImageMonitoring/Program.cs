// Monitors a CIFAR-10 network: fits an ensemble of scores to images that it was trained on, saves the pipeline, loads it
// again, and shows how well it tells images like those from others, and which score finds which.
//
//   dotnet run --project samples/ImageMonitoring
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Dime.MLNet;
using ImageMonitoring;
using Microsoft.ML;
using Microsoft.ML.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
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
        ModelledEnsemble ensemble = model.OfType<TransformerChain<ITransformer>>().SelectMany(chain => chain).OfType<EnsembleTransformer>().Single().Ensemble;
        Console.WriteLine($"{Path.GetFileName(network)}: {ensemble.Scores.Count} scores, {ensemble.ClassNames.Count} classes, "
            + $"calibrated on {ensemble.CalibrationRowCount} images.");

        ScoredSet test = Score(mlContext, model, "test");
        ScoredSet[] others = [Score(mlContext, model, "ood-mnist"), Score(mlContext, model, "ood-cifar100")];
        Report.Print(mlContext, [.. ensemble.Scores.Select(score => score.Name)], inDistribution: test, others);
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
    EstimatorChain<TransformerChain<EnsembleTransformer>> pipeline = mlContext.Transforms.LoadImages("image", imageFolder: null, nameof(ImageFile.Path))
        .Append(mlContext.Transforms.ResizeImages("image", 32, 32))
        .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
        .Append(mlContext.Transforms.MonitorNetwork(network, "pixels", new EnsembleOptions { ScoreProbabilitiesColumnName = nameof(ScoredImage.ScoreProbabilities) }));
    using TransformerChain<TransformerChain<EnsembleTransformer>> model = pipeline.Fit(train);
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
