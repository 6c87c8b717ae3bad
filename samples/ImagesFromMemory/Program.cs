// Scores images that are in memory, as uploads and camera frames are, in the two ways that ML.NET has for it:
// with a pipeline that was fitted to paths, and with one that had images as its input from the start.
//
//   dotnet run --project samples/ImagesFromMemory
using System.IO.Compression;
using Dime.MLNet;
using ImagesFromMemory;
using Microsoft.ML;
using Microsoft.ML.Data;

string network = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx");
DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
try
{
    ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "data", "cifar10-sample.zip"), folder.FullName);
    string[] train = [.. FilesIn("train").Take(600)];
    string[] fresh = [.. FilesIn("test").Take(100), .. FilesIn("ood-mnist").Take(100)];
    var mlContext = new MLContext(seed: 1);

    // Fitted to paths. LoadImages is its first stage, and makes the column "image".
    using TransformerChain<TransformerChain<EnsembleTransformer>> ofPaths = mlContext.Transforms.LoadImages("image", imageFolder: null, nameof(ImageFile.Path))
        .Append(mlContext.Transforms.ResizeImages("image", 32, 32))
        .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
        .Append(mlContext.Transforms.MonitorNetwork(network, "pixels"))
        .Fit(mlContext.Data.LoadFromEnumerable(train.Select(path => new ImageFile { Path = path })));
    IDataView scored = ofPaths.Transform(mlContext.Data.LoadFromEnumerable(fresh.Select(path => new ImageFile { Path = path })));
    Verdict[] fromFiles = [.. mlContext.Data.CreateEnumerable<Verdict>(scored, reuseRowObject: false)];

    // The same model for streams: without that stage, on rows that have the column themselves.
    var afterLoading = new TransformerChain<ITransformer>([.. ofPaths.Skip(1)]);
    Verdict[] fromStreams = [.. Batches.Score(mlContext, afterLoading, fresh.Select(File.OpenRead))];
    Report("fitted to paths, scoring streams", fromStreams);

    // Fitted to images from the start: rows keep the encoded bytes, and decode them whenever they are read.
    using TransformerChain<TransformerChain<EnsembleTransformer>> ofImages = mlContext.Transforms.ResizeImages("image", 32, 32)
        .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
        .Append(mlContext.Transforms.MonitorNetwork(network, "pixels"))
        .Fit(mlContext.Data.LoadFromEnumerable(train.Select(path => new EncodedImage { File = File.ReadAllBytes(path) })));
    Report("fitted to images, scoring streams", [.. Batches.Score(mlContext, ofImages, fresh.Select(File.OpenRead))]);

    // One at a time. An engine is one thread's; it would dispose the model with itself if it owned it.
    var shared = new PredictionEngineOptions { OwnsTransformer = false };
    using PredictionEngine<DecodedImage, Verdict> engine = mlContext.Model.CreatePredictionEngine<DecodedImage, Verdict>(ofImages, shared);
    using var image = new DecodedImage(File.OpenRead(fresh[^1]));
    Verdict verdict = engine.Predict(image);
    Console.WriteLine($"One digit: probability {verdict.DimeProbability:F4}, {(verdict.IsOutOfDistribution ? "out of" : "in")} distribution.");
    return 0;

    void Report(string way, IReadOnlyList<Verdict> verdicts)
    {
        bool same = verdicts.Select(verdict => verdict.DimeDistance).SequenceEqual(fromFiles.Select(verdict => verdict.DimeDistance));
        int flaggedKnown = verdicts.Take(100).Count(verdict => verdict.IsOutOfDistribution), flaggedDigits = verdicts.Skip(100).Count(verdict => verdict.IsOutOfDistribution);
        Console.WriteLine($"{way}: {flaggedKnown} of 100 known images and {flaggedDigits} of 100 digits flagged.");
        if (!same)
        {
            throw new InvalidOperationException($"{way}: the distances differ from those of the files.");
        }
    }
}
finally
{
    folder.Delete(recursive: true);
}

IEnumerable<string> FilesIn(string set) =>
    Directory.EnumerateFiles(Path.Combine(folder.FullName, set), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
