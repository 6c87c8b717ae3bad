using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>DIME written down a second time: in double precision, from the singular values of X, for clarity only.</summary>
internal sealed class DoublePrecisionDime
{
    private readonly double _unit;
    private readonly Matrix<double> _basis;
    private readonly Vector<double> _meanScores;
    private readonly Matrix<double> _inverseCovariance;

    public DoublePrecisionDime(float[] rows, int dimension, int rank, float[]? weights = null)
    {
        // Math.NET's decompositions take very small values for zero, so all is done in units of the largest.
        _unit = rows.Max(Math.Abs);
        Matrix<double> x = Matrix<double>.Build.Dense(rows.Length / dimension, dimension, (i, j) => rows[(i * dimension) + j] / _unit);
        Vector<double> w = Vector<double>.Build.Dense(x.RowCount, i => weights?[i] ?? 1);
        Matrix<double> weighted = Matrix<double>.Build.DenseOfDiagonalVector(w.PointwiseSqrt()) * x;

        // R of X = QR has the singular values and the right singular vectors of X, and spares the left ones of many rows.
        Svd<double> svd = (x.RowCount > dimension ? weighted.QR(QRMethod.Thin).R : weighted).Svd();
        Vector<double> shares = svd.S.PointwisePower(2) / svd.S.PointwisePower(2).Sum();
        AllExplainedVariance = [.. shares];
        _basis = svd.VT.SubMatrix(0, rank, 0, dimension).Transpose();

        Matrix<double> scores = x * _basis;
        _meanScores = scores.TransposeThisAndMultiply(w) / w.Sum();
        Matrix<double> centred = Matrix<double>.Build.Dense(
            x.RowCount, rank, (i, j) => Math.Sqrt(w[i]) * (scores[i, j] - _meanScores[j]));
        _inverseCovariance = PseudoInverse(centred.TransposeThisAndMultiply(centred) / (w.Sum() - 1), svd.S[0] * svd.S[0] / w.Sum());
    }

    /// <summary>The shares of all directions, also of those outside the hyperplane.</summary>
    public IReadOnlyList<double> AllExplainedVariance { get; }

    /// <summary>Where the row falls in the hyperplane, as a vector of P values.</summary>
    public double[] Projection(ReadOnlySpan<float> row) => [.. _unit * Project(InUnits(row))];

    public double Distance(ReadOnlySpan<float> row) => _unit * (InUnits(row) - Project(InUnits(row))).L2Norm();

    public double WithinDistance(ReadOnlySpan<float> row)
    {
        Vector<double> centred = _basis.TransposeThisAndMultiply(InUnits(row)) - _meanScores;
        return Math.Sqrt(Math.Max(0, centred * _inverseCovariance * centred));
    }

    /// <summary>A vector of length 1 that is orthogonal to the hyperplane.</summary>
    public Vector<double> Normal(int seed)
    {
        Vector<double> any = InUnits(Embeddings.Gaussian(1, _basis.RowCount, seed));
        Vector<double> normal = any - Project(any);
        return (normal - Project(normal)).Normalize(2);
    }

    /// <summary>A vector of length 1 in the hyperplane.</summary>
    public Vector<double> Inside(int seed) => Project(InUnits(Embeddings.Gaussian(1, _basis.RowCount, seed))).Normalize(2);

    private Vector<double> Project(Vector<double> row) => _basis * _basis.TransposeThisAndMultiply(row);

    private Vector<double> InUnits(ReadOnlySpan<float> row) =>
        Vector<double>.Build.DenseOfEnumerable(row.ToArray().Select(x => x / _unit));

    private static Matrix<double> PseudoInverse(Matrix<double> covariance, double largestSecondMoment)
    {
        Evd<double> evd = covariance.Evd(Symmetricity.Symmetric);
        Vector<double> inverses = evd.EigenValues.Map(value => value.Real > 1e-12 * largestSecondMoment ? 1 / value.Real : 0);
        return evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(inverses) * evd.EigenVectors.Transpose();
    }
}
