using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Onnx.Graph;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;
using Kind = Dime.MLNet.OutOfDistributionScoreKind;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// Mahalanobis distances in operators. The product with the whitening matrix is in single precision, as the model's is; the
/// squares after it are in double precision, so that ‖y‖² − max (2y·m − ‖m‖²) finds the nearest class without losing digits.
/// </summary>
internal static class MahalanobisNodes
{
    /// <param name="graph">Where to append.</param>
    /// <param name="model">The fitted model.</param>
    /// <param name="group">The scores that are wanted.</param>
    /// <param name="column">Its column.</param>
    /// <param name="score">Receives the names of the scores, N×1 in double precision, for each kind.</param>
    public static MahalanobisDescription Append(GraphBuilder graph, MahalanobisModel model, ScoreGroup group, EmbeddingNodes column, Action<Kind, string> score)
    {
        Whitening whitening = model.Whitening;
        int rank = whitening.Rank;
        string mean = graph.Doubles("mean", whitening.Mean, whitening.Dimension);
        string deviation = graph.Doubles("deviation", whitening.Deviation, whitening.Dimension);
        string matrix = graph.Matrix("whitening", whitening.Matrix, whitening.Matrix.Length / rank, rank);
        string centred = graph.Node("Sub", "centred", [group.Normalizes ? column.Normalized() : column.Wide(), mean]);
        string standardized = graph.Node("Cast", "standardized", [graph.Node("Div", "scaled", [centred, deviation])], DetectorTypes.CastTo(DetectorTypes.Float));
        MahalanobisResidualNodes? residual = model.Residuals is { } residuals ? MahalanobisResidualNodes.Append(graph, whitening, residuals, standardized) : null;
        string product = graph.Node("MatMul", "whitened", [residual?.Coordinates ?? standardized, matrix]);
        string whitened = graph.Node("Cast", "wide_whitened", [product], DetectorTypes.CastTo(DetectorTypes.Double));
        string squares = graph.Node("Mul", "whitened_squares", [whitened, whitened]);

        string? precisions = model.TotalPrecisions is { } values ? graph.Doubles("total_precisions", values, rank, 1) : null;
        string? length = model.Classes is not null || precisions is null ? graph.Sum(squares, "whitened_length", keepDimension: true) : null;
        string total = precisions is null ? length! : graph.Node("MatMul", "total", [squares, precisions]);
        total = residual?.AddTotal(total) ?? total;
        if (group.Has(Kind.Mahalanobis))
        {
            score(Kind.Mahalanobis, graph.Node("Sqrt", "mahalanobis", [total]));
        }

        string? means = null;
        if (model.Classes is { } classes)
        {
            means = graph.Doubles("class_means", Array.ConvertAll(classes.Means, value => (double)value), classes.Count, rank);
            string nearest = AppendNearest(graph, classes, whitened, length!, means);
            nearest = residual?.AddWithin(nearest) ?? nearest;
            if (group.Has(Kind.ClassMahalanobis))
            {
                score(Kind.ClassMahalanobis, graph.Node("Sqrt", "class_mahalanobis", [nearest]));
            }

            if (group.Has(Kind.RelativeMahalanobis))
            {
                score(Kind.RelativeMahalanobis, graph.Node("Sub", "relative_mahalanobis", [nearest, total]));
            }
        }

        return new MahalanobisDescription(
            mean, deviation, matrix, means, precisions, residual?.Basis, residual?.TotalPrecision, residual?.WithinPrecision, model.Rows?.Count ?? 0, model.Rows?.LargestRatio ?? 1);
    }

    private static string AppendNearest(GraphBuilder graph, NearestClass classes, string whitened, string length, string means)
    {
        double[] squares = [.. classes.Means.Chunk(classes.Dimension).Select(mean => mean.Sum(value => (double)value * value))];
        string nearness = graph.Node(
            "Gemm",
            "nearness",
            [whitened, means, graph.Doubles("class_squares", squares, squares.Length)],
            Attribute("transB", 1L),
            Attribute("alpha", 2f),
            Attribute("beta", -1f));

        // Rounding may leave less than 0; NaN, of values that overflowed, stays what it is.
        return graph.Node("Abs", "nearest", [graph.Node("Sub", "signed_nearest", [length, graph.RowMaximum(nearness, "nearest_class")])]);
    }
}
