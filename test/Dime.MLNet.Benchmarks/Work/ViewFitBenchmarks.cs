using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Fitting to a cached data view; ML.NET's randomized PCA of the same rank is the peer.</summary>
public class ViewFitBenchmarks
{
    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView? _data;

    public static IEnumerable<Shape> AllShapes => [Shapes.Long, Shapes.Wide];

    [ParamsSource(nameof(AllShapes))]
    public Shape Shape { get; set; } = Shapes.Wide;

    [GlobalSetup]
    public void Setup() => _data = DataViews.Cached(_mlContext, Embeddings.Train(Shape), Shape.Dimension);

    [Benchmark]
    public ITransformer Fit() => Fit(Calibration.None);

    [Benchmark]
    public ITransformer FitAndCalibrate() => Fit(Calibration.HeldOut());

    [Benchmark(Baseline = true)]
    public ITransformer FitRandomizedPca() =>
        _mlContext.AnomalyDetection.Trainers.RandomizedPca(nameof(EmbeddingRow.Features), rank: Shape.Rank!.Value).Fit(_data!);

    [Benchmark]
    public double ReadOnly() => DataViews.ReadVectors(_data!, nameof(EmbeddingRow.Features));

    private DimeTransformer Fit(Calibration calibration) =>
        _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = Shape.Rank, Calibration = calibration }).Fit(_data!);
}
