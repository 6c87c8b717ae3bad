using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>From scores to p-values and Fisher's statistic in operators, for all scores at once, as <see cref="ScoreCalibration"/> has it.</summary>
/// <param name="PValues">N×S in double precision.</param>
/// <param name="Statistic">N×1 in double precision.</param>
/// <param name="Percentiles">The table of the scores' percentiles.</param>
/// <param name="TailStarts">The weights u, S of double precision.</param>
/// <param name="NegativeExcesses">The weights −β, S of double precision.</param>
internal sealed record PValueNodes(string PValues, string Statistic, string Percentiles, string TailStarts, string NegativeExcesses)
{
    /// <param name="graph">Where to append.</param>
    /// <param name="definitions">The scores.</param>
    /// <param name="calibration">Their calibration.</param>
    /// <param name="scores">Their names, each N×1 in double precision.</param>
    public static PValueNodes Append(GraphBuilder graph, IReadOnlyList<OutOfDistributionScore> definitions, EnsembleCalibration calibration, string[] scores)
    {
        ScoreCalibration[] all = calibration.Scores;
        string PerScore(string name, Func<ScoreCalibration, double> value) => graph.Doubles(name, Array.ConvertAll(all, one => value(one)), all.Length);

        string known = Known(graph, scores);
        string wide = graph.Node("Cast", "wide_scores", [known], DetectorTypes.CastTo(DetectorTypes.Double));
        string floor = PerScore("least_seen", one => 1.0 / (one.Count + 1));

        // 1 − probability is the share of the percentiles above, less one.
        string column = graph.Node("Reshape", "score_columns", [known, graph.Integers("score_shape", 0, all.Length, 1)]);
        (string above, int spare, string table) = PercentileLookup.Append(
            graph, column, [.. all.Select(one => one.Percentiles.PercentileMemory)], axis: 2, "scores");
        string counted = graph.Node(
            "Sub", "percentiles_above", [graph.Node("Cast", "wide_above", [above], DetectorTypes.CastTo(DetectorTypes.Double)), graph.Doubles("spare", [spare + 1])]);
        string share = graph.Node("Div", "share_above", [counted, PerScore("last_percentile", one => one.Percentiles.Percentiles.Length - 1)]);
        string inside = graph.Node("Max", "p_value_inside", [share, floor]);

        string starts = PerScore("tail_starts", one => one.TailStart);
        string excesses = PerScore("negative_mean_excesses", one => -one.MeanExcess);
        string exponent = graph.Node("Div", "tail_exponent", [graph.Node("Sub", "excess", [wide, starts]), excesses]);
        string tail = graph.Node("Mul", "tail", [graph.Node("Exp", "tail_power", [exponent]), graph.Doubles("tail_share", [ScoreCalibration.TailShare])]);
        string beyond = graph.Node("Min", "p_value_beyond", [tail, floor]);
        string isBeyond = graph.Node("Less", "is_beyond", [PerScore("largest_seen", one => one.Percentiles.Percentiles[^1]), wide]);
        string either = graph.Node("Where", "p_value", [isBeyond, beyond, inside]);
        string pValues = graph.Node("Max", "p_values", [either, graph.Doubles("least_p_value", [ScoreCalibration.LeastPValue])]);

        double[] weights = [.. definitions.Select(definition => -definition.Weight)];
        string statistic = graph.Node("MatMul", "statistic", [graph.Node("Log", "log_p_values", [pValues]), graph.Doubles("weights", weights, weights.Length, 1)]);
        return new PValueNodes(pValues, statistic, table, starts, excesses);
    }

    // In single precision, as they were calibrated. +∞, whose p-value is the least, stands for all that is not finite.
    private static string Known(GraphBuilder graph, string[] scores)
    {
        string joined = scores.Length == 1 ? scores[0] : graph.Node("Concat", "joined_scores", scores, GraphBuilder.Attribute("axis", 1));
        string single = graph.Node("Cast", "scores", [joined], DetectorTypes.CastTo(DetectorTypes.Float));
        string infinity = graph.Scalar("infinity", float.PositiveInfinity);
        string finite = graph.Node("Less", "score_is_finite", [graph.Node("Abs", "score_size", [single]), infinity]);
        return graph.Node("Where", "known_scores", [finite, single, infinity]);
    }
}
