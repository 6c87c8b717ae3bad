using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>The straightforward Math.NET DIME, a peer of the array API; seconds an iteration, so there are few.</summary>
[WarmupCount(1)]
[IterationCount(3)]
public class MathNetBenchmarks
{
    private DenseMatrix? _train;
    private DenseMatrix? _rows;
    private MathNetDime? _model;

    [GlobalSetup(Target = nameof(Fit))]
    public void SetupFit() => _train = Matrix(Embeddings.Train(Shapes.MathNet));

    [GlobalSetup(Target = nameof(Distances))]
    public void SetupDistances()
    {
        SetupFit();
        Fit();
        _rows = Matrix(Embeddings.Test(Shapes.MathNet));
    }

    [Benchmark]
    public void Fit() => _model = MathNetDime.Fit(_train!, Shapes.MathNet.Rank!.Value);

    [Benchmark]
    public Vector<double> Distances() => _model!.Distances(_rows!);

    private static DenseMatrix Matrix(float[] rows) =>
        (DenseMatrix)DenseMatrix.Build.DenseOfRowMajor(Shapes.MathNet.Rows, Shapes.MathNet.Dimension, rows);
}
