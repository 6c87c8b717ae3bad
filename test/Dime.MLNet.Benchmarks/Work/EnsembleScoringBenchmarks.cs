using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>The scores of an ensemble that cost a P×P product, against that product alone and the processor's peak.</summary>
public class EnsembleScoringBenchmarks
{
    private const string Column = "Features";

    private ModelledEnsemble? _mahalanobis;
    private ModelledEnsemble? _relative;
    private Projection? _product;
    private float[] _rows = [];
    private float[] _scores = [];
    private float[] _products = [];
    private double _done;

    /// <summary>Of the P×P product.</summary>
    public static double Operations => 2.0 * Shapes.Ensemble.Rows * Shapes.Ensemble.Dimension * Shapes.Ensemble.Dimension;

    [GlobalSetup]
    public void Setup()
    {
        int dimension = Shapes.Ensemble.Dimension;
        float[] train = Embeddings.Train(Shapes.Ensemble);
        _mahalanobis = Fit(OutOfDistributionScore.Mahalanobis(Column), train);
        _relative = Fit(OutOfDistributionScore.RelativeMahalanobis(Column), train);
        _product = new Projection(train.AsSpan(0, dimension * dimension), dimension);
        _rows = Embeddings.Test(Shapes.Ensemble);
        _scores = new float[Shapes.Ensemble.Rows];
        _products = new float[_rows.Length];
    }

    [Benchmark]
    public void RelativeMahalanobis() => _relative!.MeasureScores(_rows, _scores);

    [Benchmark]
    public void Mahalanobis() => _mahalanobis!.MeasureScores(_rows, _scores);

    [Benchmark]
    public void Product() => _product!.Project(_rows, _products, maxDegreeOfParallelism: Shapes.Threads);

    [Benchmark(Baseline = true)]
    public void Peak() => _done = FmaPeak.Run(Operations, Shapes.Threads);

    private static ModelledEnsemble Fit(OutOfDistributionScore score, float[] rows)
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout((Column, Shapes.Ensemble.Dimension)), [score]);
        int[] classes = new int[Shapes.Ensemble.Rows];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = sums.ClassNumber($"{i % Shapes.EnsembleClasses}");
        }

        sums.Add(rows, classes);
        return sums.Fit();
    }
}
