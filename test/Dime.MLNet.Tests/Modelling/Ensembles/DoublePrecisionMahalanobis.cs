using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>The Mahalanobis scores written down a second time: in double precision, centred before anything is squared, for clarity only.</summary>
internal sealed class DoublePrecisionMahalanobis
{
    private readonly bool _normalize;
    private readonly Vector<double> _deviation;
    private readonly Vector<double> _mean;
    private readonly Vector<double>[] _means;
    private readonly Cholesky<double> _total;
    private readonly Cholesky<double> _within;

    public DoublePrecisionMahalanobis(float[] rows, int dimension, int[] classes, float[]? weights = null, bool normalize = false)
    {
        _normalize = normalize;
        double[] w = [.. classes.Select((_, i) => (double)(weights?[i] ?? 1))];
        double n = w.Sum();
        Vector<double>[] x = [.. rows.Chunk(dimension).Select(Prepare)];

        Vector<double> mean = Mean(x, w);
        Vector<double> variance = Mean([.. x.Select(row => (row - mean).PointwisePower(2))], w);
        _deviation = variance.PointwiseSqrt().PointwiseMaximum(1e-3 * Math.Sqrt(variance.Average()));
        x = [.. x.Select(row => row.PointwiseDivide(_deviation))];
        _mean = Mean(x, w);

        int[] used = [.. classes.Distinct().Order()];
        Dictionary<int, Vector<double>> means = used.ToDictionary(
            c => c, c => Mean([.. x.Where((_, i) => classes[i] == c)], [.. w.Where((_, i) => classes[i] == c)]));
        Vector<double>[] spread = [.. x.Select(row => row - _mean)];
        Vector<double>[] residuals = [.. x.Select((row, i) => row - means[classes[i]])];
        _total = Shrink(Scatter(spread, w) / n, n, out double totalShrinkage).Cholesky();
        _within = Shrink(Scatter(residuals, w) / n, n, out double withinShrinkage).Cholesky();
        (TotalShrinkage, WithinShrinkage) = (totalShrinkage, withinShrinkage);
        _means = [.. used.Where(c => w.Where((_, i) => classes[i] == c).Sum() >= 2).Select(c => means[c])];
    }

    public double TotalShrinkage { get; }

    public double WithinShrinkage { get; }

    public double Mahalanobis(float[] row) => Math.Sqrt(Squared(row, _mean, _total));

    public double ClassMahalanobis(float[] row) => Math.Sqrt(_means.Min(mean => Squared(row, mean, _within)));

    public double RelativeMahalanobis(float[] row) => Math.Pow(ClassMahalanobis(row), 2) - Math.Pow(Mahalanobis(row), 2);

    private double Squared(float[] row, Vector<double> centre, Cholesky<double> covariance)
    {
        Vector<double> difference = Prepare(row).PointwiseDivide(_deviation) - centre;
        return difference * covariance.Solve(difference);
    }

    private Vector<double> Prepare(float[] row)
    {
        Vector<double> x = Vector<double>.Build.Dense(row.Length, i => row[i]);
        return _normalize ? x / Math.Max(x.L2Norm(), 1e-12) : x;
    }

    private static Vector<double> Mean(Vector<double>[] rows, double[] weights)
    {
        // In the middle of the first row, so that a large mean costs no digits.
        Vector<double> origin = rows[0];
        Vector<double> sum = Vector<double>.Build.Dense(origin.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            sum += weights[i] * (rows[i] - origin);
        }

        return origin + (sum / Math.Max(weights.Sum(), 1e-300));
    }

    private static Matrix<double> Scatter(Vector<double>[] rows, double[] weights)
    {
        Matrix<double> x = Matrix<double>.Build.DenseOfRowVectors(rows.Select((row, i) => Math.Sqrt(weights[i]) * row));
        return x.TransposeThisAndMultiply(x);
    }

    private static Matrix<double> Shrink(Matrix<double> sample, double n, out double shrinkage)
    {
        double p = sample.RowCount, trace = sample.Trace(), square = (sample * sample).Trace();
        double denominator = (n + 1 - (2 / p)) * (square - (trace * trace / p));
        shrinkage = denominator <= 0 ? 1 : Math.Min(1, (((1 - (2 / p)) * square) + (trace * trace)) / denominator);
        return ((1 - shrinkage) * sample) + (shrinkage * trace / p * Matrix<double>.Build.DenseIdentity(sample.RowCount));
    }
}
