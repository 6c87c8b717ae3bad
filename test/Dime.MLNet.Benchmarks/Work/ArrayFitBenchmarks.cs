using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Fitting to arrays; dime-pytorch's fit is the peer.</summary>
public class ArrayFitBenchmarks
{
    private float[] _rows = [];

    public static IEnumerable<Shape> AllShapes => [Shapes.LongByThreshold, Shapes.Wide, Shapes.MathNet, .. Shapes.Few, Shapes.FewTurned];

    [ParamsSource(nameof(AllShapes))]
    public Shape Shape { get; set; } = Shapes.Wide;

    [GlobalSetup]
    public void Setup() => _rows = Embeddings.Train(Shape);

    [Benchmark]
    public ModelledEmbedding Fit() => ModelledEmbedding.Fit(_rows, Shape.Dimension, Shapes.Threshold, Shape.Rank);
}
