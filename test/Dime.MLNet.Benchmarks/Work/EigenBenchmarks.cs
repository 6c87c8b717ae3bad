using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>All eigenpairs of a second moment; Math.NET's managed decomposition is the peer, seconds an iteration.</summary>
[WarmupCount(1)]
[IterationCount(5)]
public class EigenBenchmarks
{
    private double[] _matrix = [];
    private DenseMatrix? _peer;

    public static IReadOnlyList<Shape> AllShapes => Shapes.Eigen;

    [ParamsSource(nameof(AllShapes))]
    public Shape Shape { get; set; } = Shapes.Eigen[0];

    [GlobalSetup]
    public void Setup()
    {
        var moment = new SecondMoment(Shape.Dimension);
        moment.Add(Embeddings.Train(Shape));
        _matrix = new double[Shape.Dimension * Shape.Dimension];
        for (int i = 0; i < Shape.Dimension; i++)
        {
            ReadOnlySpan<double> row = moment.UpperRow(i);
            for (int j = i; j < Shape.Dimension; j++)
            {
                _matrix[(i * Shape.Dimension) + j] = _matrix[(j * Shape.Dimension) + i] = row[j - i];
            }
        }

        _peer = new DenseMatrix(Shape.Dimension, Shape.Dimension, _matrix);
    }

    [Benchmark]
    public object All() => SymmetricEigen.All(_matrix, Shape.Dimension);

    [Benchmark]
    public object MathNet() => _peer!.Evd(Symmetricity.Symmetric);
}
