using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>The last layer of a network, z = xW + b, found from embeddings x and logits z by least squares, which is exact where it is one.</summary>
/// <param name="Weights">W, P×C.</param>
/// <param name="Bias">b.</param>
/// <param name="UnexplainedShare">The share of the logits' variance that is not of this form; 0 but for rounding where they are.</param>
internal sealed record LinearHead(Matrix<double> Weights, Vector<double> Bias, double UnexplainedShare)
{
    /// <param name="embeddings">N×P.</param>
    /// <param name="logits">N×C.</param>
    public static LinearHead Fit(Matrix<double> embeddings, Matrix<double> logits)
    {
        (Matrix<double> x, Vector<double> meanX) = Centred(embeddings);
        (Matrix<double> z, Vector<double> meanZ) = Centred(logits);
        Matrix<double> weights = SymmetricInverse.Of(x.TransposeThisAndMultiply(x)) * x.TransposeThisAndMultiply(z);
        double residual = (z - (x * weights)).FrobeniusNorm();
        double all = z.FrobeniusNorm();
        return new LinearHead(weights, meanZ - (meanX * weights), all > 0 ? residual * residual / (all * all) : 0);
    }

    private static (Matrix<double> Rows, Vector<double> Mean) Centred(Matrix<double> rows)
    {
        Vector<double> mean = rows.ColumnSums() / rows.RowCount;
        return (rows.MapIndexed((_, column, value) => value - mean[column], Zeros.Include), mean);
    }
}
