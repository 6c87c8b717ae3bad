using Dime.MLNet.Evidence.Data;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>
/// Virtual-logit matching: the distance from the principal space of the embeddings, seen from the point where all logits
/// are 0, scaled to a logit; less ln Σ exp of the logits.
/// </summary>
internal sealed class VirtualLogit : IPeer
{
    private readonly string _column;
    private readonly string _logits;
    private readonly Vector<double> _origin;
    private readonly Matrix<double> _residualSpace;
    private readonly double _scale;

    /// <param name="column">The column of the embeddings that the last layer takes.</param>
    /// <param name="logits">The column of logits.</param>
    /// <param name="training">The rows to fit to.</param>
    public VirtualLogit(string column, string logits, FeatureRows training)
    {
        _column = column;
        _logits = logits;
        Matrix<double> embeddings = training.Matrix(column);
        Matrix<double> values = training.Matrix(logits);
        Head = LinearHead.Fit(embeddings, values);
        _origin = -(Head.Weights.Transpose().PseudoInverse() * Head.Bias);

        Matrix<double> centred = Shifted(embeddings);
        Evd<double> evd = (centred.TransposeThisAndMultiply(centred) / training.Count).Evd(Symmetricity.Symmetric);
        int[] ascending = [.. Enumerable.Range(0, embeddings.ColumnCount).OrderBy(i => evd.EigenValues[i].Real)];
        int residualDimension = embeddings.ColumnCount - PrincipalDimension(embeddings.ColumnCount);
        _residualSpace = Matrix<double>.Build.DenseOfColumnVectors(ascending.Take(residualDimension).Select(i => evd.EigenVectors.Column(i)));
        _scale = values.EnumerateRows().Average(row => row.Maximum()) / (centred * _residualSpace).RowNorms(2).Average();
    }

    public string Name => "ViM";

    public string Description => "virtual-logit matching (Wang et al., CVPR 2022), with the principal space that the paper gives an embedding of that length, and the last layer found from embeddings and logits by least squares";

    /// <summary>The last layer that was found.</summary>
    public LinearHead Head { get; }

    // The paper's choice: 1000 of 2048, 512 of 768, and half of shorter ones.
    public static int PrincipalDimension(int dimension) => dimension switch
    {
        >= 2048 => 1000,
        >= 768 => 512,
        _ => dimension / 2,
    };

    public double[] Score(FeatureRows rows)
    {
        Vector<double> residuals = (Shifted(rows.Matrix(_column)) * _residualSpace).RowNorms(2);
        return [.. rows.Matrix(_logits).EnumerateRows().Select((row, i) => (_scale * residuals[i]) - Logits.LogSumExp(row))];
    }

    private Matrix<double> Shifted(Matrix<double> embeddings) =>
        embeddings.MapIndexed((_, column, value) => value - _origin[column], Zeros.Include);
}
