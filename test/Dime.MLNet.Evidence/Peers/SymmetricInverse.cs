using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>The pseudo-inverse of a covariance: directions in which nothing varies have no part in it.</summary>
internal static class SymmetricInverse
{
    // Variances below this share of the largest are rounding, in sums of single-precision values.
    private const double Negligible = 1e-12;

    public static Matrix<double> Of(Matrix<double> symmetric)
    {
        Evd<double> evd = symmetric.Evd(Symmetricity.Symmetric);
        double[] values = [.. evd.EigenValues.Select(value => value.Real)];
        double least = Negligible * values.Max();
        double[] inverse = [.. values.Select(value => value > least ? 1 / value : 0)];
        return evd.EigenVectors * Matrix<double>.Build.DiagonalOfDiagonalArray(inverse) * evd.EigenVectors.Transpose();
    }
}
