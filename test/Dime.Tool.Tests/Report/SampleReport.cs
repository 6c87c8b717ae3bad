using System.IO.Compression;
using Dime.MLNet;
using Dime.Tool.Report.Figures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Tests.Report;

/// <summary>The report on the sample data: a real network, fitted to its training images.</summary>
internal sealed class SampleReport : IDisposable
{
    private const string Tensor = "/l2/l2.1/Relu_1_output_0";
    private const int MostOutlying = 12;

    private readonly DirectoryInfo _images = Directory.CreateTempSubdirectory("dime-report-");

    public SampleReport()
    {
        string data = Path.Combine(AppContext.BaseDirectory, "data");
        string network = Path.Combine(data, "cifar10-resnet.onnx");
        ZipFile.ExtractToDirectory(Path.Combine(data, "cifar10-sample.zip"), _images.FullName);
        var mlContext = new MLContext(seed: 1);
        EstimatorChain<DimeTransformer> pipeline = mlContext.Transforms.LoadImages("image", imageFolder: null, nameof(ImageRow.Path))
            .Append(mlContext.Transforms.ResizeImages("image", 32, 32))
            .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", network, Tensor))
            .Append(mlContext.Transforms.DetectOutOfDistribution("Features"));
        using TransformerChain<DimeTransformer> model = pipeline.Fit(mlContext.Data.LoadFromEnumerable(Images("train")));
        Figures = new ReportFigures(
            new ReportContent(
                "Out-of-distribution report",
                new DateTimeOffset(2026, 5, 4, 13, 7, 0, TimeSpan.FromHours(2)),
                FittedModel.Of(model.LastTransformer),
                model.LastTransformer.OutlierProbability,
                Path.GetFileName(network),
                [Tensor]),
            SetFigures.Of(
            [
                Score(mlContext, model, "test", SetRole.InDistribution),
                Score(mlContext, model, "ood-mnist", SetRole.OutOfDistribution),
                Score(mlContext, model, "ood-cifar100", SetRole.OutOfDistribution),
            ]));
    }

    public ReportFigures Figures { get; }

    public void Dispose() => _images.Delete(recursive: true);

    private ScoredSet Score(MLContext mlContext, TransformerChain<DimeTransformer> model, string name, SetRole role)
    {
        IDataView scored = model.Transform(mlContext.Data.LoadFromEnumerable(Images(name)));
        List<ImageRow> rows = [.. mlContext.Data.CreateEnumerable<ImageRow>(scored, reuseRowObject: false, ignoreMissingColumns: true)];
        return new ScoredSet(
            name,
            role,
            [.. rows.Select(row => row.DimeDistance)],
            [.. rows.Select(row => row.DimeProbability)],
            rows.Count(row => row.IsOutOfDistribution),
            [
                .. rows.OrderByDescending(row => row.DimeDistance).Take(MostOutlying)
                    .Select(row => new OutlyingRow(Path.GetRelativePath(_images.FullName, row.Path), row.Path, row.DimeDistance, row.DimeProbability)),
            ],
            []);
    }

    private IEnumerable<ImageRow> Images(string folder) =>
        Directory.EnumerateFiles(Path.Combine(_images.FullName, folder), "*.jpg", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new ImageRow { Path = path });

    private sealed class ImageRow
    {
        public string Path { get; set; } = "";

        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        public bool IsOutOfDistribution { get; set; }
    }
}
