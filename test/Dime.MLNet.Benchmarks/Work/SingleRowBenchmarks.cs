using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>One row through a prediction engine, with and without DIME after a pipeline that changes nothing.</summary>
public class SingleRowBenchmarks
{
    private readonly EmbeddingRow _row = new();
    private readonly Copied _copied = new();
    private readonly Scored _scored = new();
    private PredictionEngine<EmbeddingRow, Copied>? _identity;
    private PredictionEngine<EmbeddingRow, Scored>? _dime;

    [GlobalSetup]
    public void Setup()
    {
        int dimension = Shapes.Narrow.Dimension;
        var mlContext = new MLContext(seed: 1);
        float[] train = Embeddings.Train(Shapes.Narrow);
        IDataView data = DataViews.Cached(mlContext, train, dimension);
        _row.Features = train[..dimension];

        ColumnCopyingEstimator identity = mlContext.Transforms.CopyColumns("Embedding", nameof(EmbeddingRow.Features));
        _identity = mlContext.Model.CreatePredictionEngine<EmbeddingRow, Copied>(identity.Fit(data), data.Schema);
        ITransformer dime = identity.Append(mlContext.Transforms.DetectOutOfDistribution("Embedding", rank: Shapes.Narrow.Rank)).Fit(data);
        _dime = mlContext.Model.CreatePredictionEngine<EmbeddingRow, Scored>(dime, data.Schema);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _identity!.Dispose();
        _dime!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Identity()
    {
        Copied prediction = _copied;
        _identity!.Predict(_row, ref prediction);
    }

    [Benchmark]
    public void WithDime()
    {
        Scored prediction = _scored;
        _dime!.Predict(_row, ref prediction);
    }

    private class Copied
    {
        [VectorType]
        public float[] Embedding { get; set; } = [];
    }

    private sealed class Scored : Copied
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        public bool IsOutOfDistribution { get; set; }
    }
}
