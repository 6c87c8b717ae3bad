using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Onnx.Graph;
using Kind = Dime.MLNet.OutOfDistributionScoreKind;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>An ensemble in operators: its scores, their p-values, the statistic and the verdict.</summary>
internal sealed class EnsembleNodes
{
    private readonly GraphBuilder _graph;
    private readonly EnsembleDetector _detector;
    private readonly string[] _scores;
    private readonly Dictionary<string, EmbeddingNodes> _columns = [];

    private EnsembleNodes(GraphBuilder graph, EnsembleDetector detector, DetectorPorts ports)
    {
        _graph = graph;
        _detector = detector;
        _scores = new string[detector.Ensemble.Scores.Count];
        foreach ((DetectorInput input, string features) in detector.Inputs.Zip(ports.Features))
        {
            _columns.Add(input.Name, new EmbeddingNodes(graph.Within(input.Name), features));
        }
    }

    public static DetectorMetadata Append(GraphBuilder graph, EnsembleDetector detector, DetectorPorts ports) =>
        new EnsembleNodes(graph, detector, ports).Append(ports);

    private DetectorMetadata Append(DetectorPorts ports)
    {
        ModelledEnsemble ensemble = _detector.Ensemble;
        EnsemblePart[] parts = [.. ensemble.Groups.Zip(ensemble.Models, AppendGroup)];
        var pValues = PValueNodes.Append(_graph, ensemble.Scores, _detector.Calibration, _scores);
        string statistic = _graph.Node("Where", "known_statistic", [RowIsFinite(), pValues.Statistic, _graph.Doubles("unknown_statistic", [double.PositiveInfinity])]);
        string distance = _graph.Node("Cast", "distance", [statistic], DetectorTypes.CastTo(DetectorTypes.Float));
        string percentiles = DetectorNodes.AppendVerdict(_graph, distance, ensemble.StatisticPercentiles, _detector.OutlierProbability, ports)!;
        _graph.Output(
            "Cast",
            DetectorTypes.Value(ports.Outputs.ScoreProbabilities!, DetectorTypes.Float, ports.Batch, DetectorTypes.Size(_scores.Length)),
            [_graph.Node("Sub", "wide_score_probabilities", [_graph.Doubles("certain", [1]), pValues.PValues])],
            DetectorTypes.CastTo(DetectorTypes.Float));
        return DetectorMetadata.Of(_detector, EnsembleDescription.Of(_detector, ports.Tensors, parts, pValues), percentiles, ports);
    }

    private EnsemblePart AppendGroup(ScoreGroup group, IScoreModel model)
    {
        GraphBuilder graph = _graph.Within(group.Column.Name);
        EmbeddingNodes column = _columns[group.Column.Name];
        void Score(Kind kind, string name) => _scores[group.SlotOf(kind)] = name;

        switch (model)
        {
            case HyperplaneScores scores:
                return new EnsemblePart(AppendHyperplane(graph, scores.Embedding, group, column, Score), null);
            case MahalanobisModel mahalanobis:
                return new EnsemblePart(null, MahalanobisNodes.Append(graph, mahalanobis, group, column, Score));
            case FeatureNorm:
                Score(Kind.FeatureNorm, graph.Node("Neg", "feature_norm", [column.Length()]));
                break;
            default:
                Score(Kind.Energy, AppendEnergy(graph, column));
                break;
        }

        return new EnsemblePart(null, null);
    }

    private static HyperplaneDescription AppendHyperplane(
        GraphBuilder graph, ModelledEmbedding embedding, ScoreGroup group, EmbeddingNodes column, Action<Kind, string> score)
    {
        var nodes = HyperplaneNodes.Append(graph, embedding, column);
        if (group.Has(Kind.Hyperplane))
        {
            score(Kind.Hyperplane, graph.Node("Cast", "hyperplane", [nodes.AppendDistance()], DetectorTypes.CastTo(DetectorTypes.Double)));
        }

        if (group.Has(Kind.WithinHyperplane))
        {
            score(Kind.WithinHyperplane, graph.Node("Cast", "within_hyperplane", [nodes.AppendWithin()], DetectorTypes.CastTo(DetectorTypes.Double)));
        }

        return HyperplaneDescription.Of(embedding, nodes.Basis);
    }

    // Less the largest logit, so that no exponential overflows.
    private static string AppendEnergy(GraphBuilder graph, EmbeddingNodes column)
    {
        string largest = graph.Node("Cast", "largest", [graph.RowMaximum(column.Features, "largest_logit")], DetectorTypes.CastTo(DetectorTypes.Double));
        string shifted = graph.Node("Sub", "shifted", [column.Wide(), largest]);
        string sum = graph.Sum(graph.Node("Exp", "exponentials", [shifted]), "exponential_sum", keepDimension: true);
        string energy = graph.Node("Neg", "energy", [graph.Node("Add", "log_sum", [largest, graph.Node("Log", "log", [sum])])]);

        // A logit of −∞ adds nothing to the sum, and is no number all the same.
        return graph.Node(
            "Where", "known_energy", [IsFinite(graph, column.Finiteness(), "is_finite"), energy, graph.Doubles("infinity", [double.PositiveInfinity])]);
    }

    private string RowIsFinite()
    {
        string[] all = [.. _columns.Values.Select(column => column.Finiteness())];
        return IsFinite(_graph, all.Length == 1 ? all[0] : _graph.Node("Sum", "finiteness", all), "row_is_finite");
    }

    private static string IsFinite(GraphBuilder graph, string number, string name) =>
        graph.Node("Less", name, [graph.Node("Abs", $"{name}_size", [number]), graph.Doubles($"{name}_limit", [double.PositiveInfinity])]);
}
