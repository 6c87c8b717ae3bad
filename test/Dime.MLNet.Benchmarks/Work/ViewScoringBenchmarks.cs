using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Reading scores of a cached data view; those of ML.NET's randomized PCA are the peer.</summary>
public class ViewScoringBenchmarks
{
    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView? _data;
    private IDataView? _scored;

    public static IEnumerable<Shape> AllShapes => [Shapes.Narrow, Shapes.Wide];

    [ParamsSource(nameof(AllShapes))]
    public Shape Shape { get; set; } = Shapes.Wide;

    [GlobalSetup(Target = nameof(ReadOnly))]
    public void SetupData() => _data = DataViews.Cached(_mlContext, Embeddings.Test(Shape), Shape.Dimension);

    [GlobalSetup(Targets = [nameof(ReadDistances), nameof(ReadProbabilities)])]
    public void SetupDime() => SetupScored(train => _mlContext.Transforms.DetectOutOfDistribution(rank: Shape.Rank).Fit(train));

    [GlobalSetup(Target = nameof(ReadRandomizedPca))]
    public void SetupRandomizedPca() => SetupScored(
        train => _mlContext.AnomalyDetection.Trainers.RandomizedPca(nameof(EmbeddingRow.Features), rank: Shape.Rank!.Value).Fit(train));

    [Benchmark]
    public double ReadDistances() => DataViews.ReadNumbers(_scored!, "DimeDistance");

    [Benchmark]
    public double ReadProbabilities() => DataViews.ReadNumbers(_scored!, "DimeProbability");

    [Benchmark(Baseline = true)]
    public double ReadRandomizedPca() => DataViews.ReadNumbers(_scored!, "Score");

    [Benchmark]
    public double ReadOnly() => DataViews.ReadVectors(_data!, nameof(EmbeddingRow.Features));

    private void SetupScored(Func<IDataView, ITransformer> fit)
    {
        SetupData();
        _scored = fit(DataViews.Cached(_mlContext, Embeddings.Train(Shape), Shape.Dimension)).Transform(_data!);
    }
}
