using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Onnx.Graph;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// What Mahalanobis distances that were fitted to few rows add for the rest of a row, outside of the space of these rows:
/// its squared length times a precision.
/// </summary>
internal sealed class MahalanobisResidualNodes
{
    private readonly GraphBuilder _graph;
    private readonly string _length;

    private MahalanobisResidualNodes(GraphBuilder graph, Whitening whitening, ResidualPrecisions precisions, string standardized)
    {
        _graph = graph;
        int dimension = whitening.Dimension;
        Basis = graph.Matrix("coordinate_basis", whitening.Basis!, dimension, whitening.Basis!.Length / dimension);
        TotalPrecision = graph.Doubles("total_residual_precision", [precisions.Total], 1, 1);
        WithinPrecision = graph.Doubles("within_residual_precision", [precisions.Within], 1, 1);
        Coordinates = graph.Node("MatMul", "coordinates", [standardized, Basis]);

        // The residual itself, as for hyperplanes: a difference of squares has no digits left for rows like those of the fit.
        string residual = graph.Node(
            "Gemm", "coordinate_residual", [Coordinates, Basis, standardized], Attribute("transB", 1L), Attribute("alpha", -1f), Attribute("beta", 1f));
        string wide = graph.Node("Cast", "wide_residual", [residual], DetectorTypes.CastTo(DetectorTypes.Double));
        _length = graph.Sum(graph.Node("Mul", "residual_squares", [wide, wide]), "residual_length", keepDimension: true);
    }

    /// <summary>N×k, in single precision: what is whitened.</summary>
    public string Coordinates { get; }

    public string Basis { get; }

    public string TotalPrecision { get; }

    public string WithinPrecision { get; }

    public static MahalanobisResidualNodes Append(GraphBuilder graph, Whitening whitening, ResidualPrecisions precisions, string standardized) =>
        new(graph, whitening, precisions, standardized);

    public string AddTotal(string squaredDistance) => Add(squaredDistance, TotalPrecision, "total_with_residual");

    public string AddWithin(string squaredDistance) => Add(squaredDistance, WithinPrecision, "nearest_with_residual");

    private string Add(string squaredDistance, string precision, string name) =>
        _graph.Node("Add", name, [squaredDistance, _graph.Node("Mul", name + "_term", [_length, precision])]);
}
