using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>DIME as one would write it with Math.NET Numerics.</summary>
internal sealed class MathNetDime(Matrix<float> basis)
{
    public static MathNetDime Fit(Matrix<float> rows, int rank)
    {
        // Eigenvalues come in rising order, so the last vectors span the hyperplane.
        Evd<float> eigen = rows.TransposeThisAndMultiply(rows).Evd(Symmetricity.Symmetric);
        return new MathNetDime(eigen.EigenVectors.SubMatrix(0, rows.ColumnCount, rows.ColumnCount - rank, rank));
    }

    public Vector<double> Distances(Matrix<float> rows) =>
        (rows - (rows * basis).TransposeAndMultiply(basis)).RowNorms(2);
}
