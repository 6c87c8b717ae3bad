using Dime.MLNet.Evidence.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>The Mahalanobis distance to the nearest class mean, with one covariance for all classes, not shrunk.</summary>
internal sealed class ClassMahalanobisPeer : IPeer
{
    private readonly string _column;
    private readonly Matrix<double> _precision;
    private readonly Vector<double>[] _means;

    /// <param name="column">The column of embeddings.</param>
    /// <param name="training">The rows to fit to.</param>
    /// <param name="classes">The class of each.</param>
    public ClassMahalanobisPeer(string column, FeatureRows training, int[] classes)
    {
        _column = column;
        Matrix<double> embeddings = training.Matrix(column);
        Matrix<double> residuals = embeddings.Clone();
        List<Vector<double>> means = [];
        foreach (IGrouping<int, int> rows in Enumerable.Range(0, training.Count).GroupBy(row => classes[row]))
        {
            Vector<double> mean = rows.Aggregate(Vector<double>.Build.Dense(embeddings.ColumnCount), (sum, row) => sum + embeddings.Row(row)) / rows.Count();
            means.Add(mean);
            foreach (int row in rows)
            {
                residuals.SetRow(row, embeddings.Row(row) - mean);
            }
        }

        _means = [.. means];
        _precision = SymmetricInverse.Of(residuals.TransposeThisAndMultiply(residuals) / training.Count);
    }

    public string Name => "Mahalanobis";

    public string Description => "the squared Mahalanobis distance to the nearest class mean at the last embedding, one covariance for all classes (Lee et al., NeurIPS 2018); classes are the network's own";

    public double[] Score(FeatureRows rows)
    {
        Matrix<double> embeddings = rows.Matrix(_column);
        double[] scores = new double[rows.Count];
        Array.Fill(scores, double.PositiveInfinity);
        foreach (Vector<double> mean in _means)
        {
            Matrix<double> residuals = embeddings.MapIndexed((_, column, value) => value - mean[column], Zeros.Include);
            Matrix<double> weighted = residuals * _precision;
            for (int row = 0; row < scores.Length; row++)
            {
                scores[row] = Math.Min(scores[row], weighted.Row(row).DotProduct(residuals.Row(row)));
            }
        }

        return scores;
    }
}
