using Dime.MLNet.Evidence.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>The distance to the k-th nearest training row, of embeddings of length 1.</summary>
internal sealed class NearestNeighbours : IPeer
{
    // Rows that are compared to all training rows at a time.
    private const int BlockRows = 256;

    private readonly string _column;
    private readonly Matrix<double> _training;
    private readonly double[] _squares;
    private readonly int _neighbours;

    /// <param name="column">The column of embeddings.</param>
    /// <param name="training">The rows to compare with.</param>
    /// <param name="neighbours">k; all rows where there are fewer.</param>
    public NearestNeighbours(string column, FeatureRows training, int neighbours)
    {
        _column = column;
        _training = Normalized(training.Matrix(column)).Transpose();

        // 1, but for rows of zeros.
        _squares = [.. _training.EnumerateColumns().Select(row => row.DotProduct(row))];
        _neighbours = Math.Min(neighbours, training.Count);
    }

    public string Name => $"KNN-{_neighbours}";

    public string Description => $"the distance to the k-th nearest training row, k = {_neighbours}, of embeddings of length 1 (Sun et al., ICML 2022)";

    public double[] Score(FeatureRows rows)
    {
        Matrix<double> all = Normalized(rows.Matrix(_column));
        double[] scores = new double[rows.Count];
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            Matrix<double> block = all.SubMatrix(first, Math.Min(BlockRows, rows.Count - first), 0, all.ColumnCount);
            Matrix<double> products = block * _training;
            for (int row = 0; row < block.RowCount; row++)
            {
                double own = block.Row(row).DotProduct(block.Row(row));
                double[] squares = [.. products.Row(row).Select((product, i) => own - (2 * product) + _squares[i])];
                Array.Sort(squares);
                scores[first + row] = Math.Sqrt(Math.Max(0, squares[_neighbours - 1]));
            }
        }

        return scores;
    }

    private static Matrix<double> Normalized(Matrix<double> rows)
    {
        Vector<double> norms = rows.RowNorms(2);
        return rows.MapIndexed((row, _, value) => value / Math.Max(norms[row], 1e-12), Zeros.Include);
    }
}
