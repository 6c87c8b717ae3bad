using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Distances and probabilities of arrays; dime-pytorch's are the peer.</summary>
public class ArrayScoringBenchmarks
{
    private ModelledEmbedding? _model;
    private float[] _rows = [];
    private float[] _scored = [];

    public static IEnumerable<Shape> AllShapes => [Shapes.Narrow, Shapes.Wide];

    [ParamsSource(nameof(AllShapes))]
    public Shape Shape { get; set; } = Shapes.Narrow;

    [GlobalSetup]
    public void Setup()
    {
        float[] train = Embeddings.Train(Shape);
        _model = ModelledEmbedding.Fit(train, Shape.Dimension, rank: Shape.Rank).Calibrate(train, Shapes.Percentiles);
        _rows = Embeddings.Test(Shape);
        _scored = new float[Shape.Rows];
    }

    [Benchmark]
    public void Distances() => _model!.DistanceToHyperplane(_rows, _scored);

    [Benchmark]
    public void Probabilities() => _model!.ProbabilityOfDistanceToHyperplane(_rows, _scored);
}
