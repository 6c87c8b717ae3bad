using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>X·V against the processor's peak, with the same number of operations.</summary>
public class ProjectionBenchmarks
{
    private float[] _rows = [];
    private float[] _scores = [];
    private Projection? _projection;
    private double _done;

    public static double Operations => 2.0 * Shapes.Wide.Rows * Shapes.Wide.Dimension * Shapes.Wide.Rank!.Value;

    [GlobalSetup]
    public void Setup()
    {
        _rows = Embeddings.Train(Shapes.Wide);
        int rank = Shapes.Wide.Rank!.Value;
        _projection = new Projection(_rows.AsSpan(0, rank * Shapes.Wide.Dimension), Shapes.Wide.Dimension);
        _scores = new float[Shapes.Wide.Rows * rank];
    }

    [Benchmark]
    public void Project() => _projection!.Project(_rows, _scores, maxDegreeOfParallelism: Shapes.Threads);

    [Benchmark(Baseline = true)]
    public void Peak() => _done = FmaPeak.Run(Operations, Shapes.Threads);
}
