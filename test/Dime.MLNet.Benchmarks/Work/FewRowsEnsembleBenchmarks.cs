using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Fitting Mahalanobis scores to few rows of many values, against fitting a hyperplane to them.</summary>
public class FewRowsEnsembleBenchmarks
{
    private const string Column = "Features";

    private float[] _rows = [];

    /// <summary>The rows.</summary>
    public static Shape Shape => Shapes.Few[1];

    [GlobalSetup]
    public void Setup() => _rows = Embeddings.Train(Shape);

    [Benchmark]
    public ModelledEnsemble Mahalanobis() => Fit(OutOfDistributionScore.Mahalanobis(Column));

    [Benchmark(Baseline = true)]
    public ModelledEnsemble Hyperplane() => Fit(OutOfDistributionScore.Hyperplane(Column));

    private ModelledEnsemble Fit(OutOfDistributionScore score)
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout((Column, Shape.Dimension)), [score]);
        sums.Add(_rows);
        return sums.Fit(explainedVarianceThreshold: 1);
    }
}
