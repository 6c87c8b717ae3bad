using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>What ONNX Runtime makes of an exported ensemble, beside what the ensemble makes of the same rows.</summary>
internal sealed class EnsembleRun
{
    /// <summary>The tensor of the scores in an exported graph, before they become p-values.</summary>
    public const string Scores = "dime/known_scores";

    private const double Precision = 1e-4;

    private readonly ModelledEnsemble _model;
    private readonly float[] _rows;
    private readonly DetectorRun _run;

    private EnsembleRun(ModelledEnsemble model, float[] rows, DetectorRun run)
    {
        (_model, _rows, _run) = (model, rows, run);
    }

    public float[] this[string output] => _run[output];

    public static EnsembleRun Of(ModelledEnsemble model, float[] rows, double outlierProbability = 0.95) =>
        Of(model, model.ToOnnx(outlierProbability).WithOutputs(Scores), rows);

    public static EnsembleRun Of(ModelledEnsemble model, OnnxGraph graph, float[] rows) => Of(model, graph, rows, Inputs(model, rows));

    /// <summary>Runs a network that an ensemble was fused into.</summary>
    public static EnsembleRun Of(ModelledEnsemble model, OnnxGraph graph, float[] rows, params (string Name, float[] Values, long[] Shape)[] inputs) =>
        new(model, rows, DetectorRun.Of(graph, inputs));

    /// <summary>What an exported graph reads of rows.</summary>
    public static (string Name, float[] Values, long[] Shape)[] Inputs(ModelledEnsemble model, float[] rows)
    {
        float[][] split = [.. rows.Chunk(model.Layout.Width)];
        return
        [
            .. from column in model.Layout
               where model.Scores.Any(score => score.ColumnName == column.Name)
               select (column.Name, split.SelectMany(row => row.AsSpan(column.Offset, column.Dimension).ToArray()).ToArray(), new long[] { split.Length, column.Dimension }),
        ];
    }

    /// <summary>Compares the scores with the ensemble's, to 1e-4 of themselves or of the larger term of a difference.</summary>
    public void ScoresAgree()
    {
        float[] expected = _model.MeasureScores(_rows), actual = _run[Scores];
        double[] tolerances = Tolerances(_model, _rows, expected);
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            // The operators have one way to say that a score is no number.
            float wanted = float.IsFinite(expected[i]) ? expected[i] : float.PositiveInfinity;
            Assert.AreEqual(wanted, actual[i], float.IsFinite(wanted) ? tolerances[i] : 0, Where(i));
        }
    }

    /// <summary>
    /// Compares probabilities, statistics and flags with what the ensemble gives scores that are off by no more than 1e-4: a score next to a
    /// percentile may fall on its other side.
    /// </summary>
    public void VerdictAgrees(OnnxDetectorInfo outputs)
    {
        EnsembleCalibration calibration = _model.Calibration!;
        float[] scores = _model.MeasureScores(_rows), exact = _model.Statistic(_rows);
        double[] tolerances = Tolerances(_model, _rows, scores);
        float[] low = Moved(scores, i => -tolerances[i]), high = Moved(scores, i => tolerances[i]);
        int count = _model.Scores.Count;
        float[] probabilities = _run[outputs.ScoreProbabilitiesOutput!];
        Assert.HasCount(scores.Length, probabilities);
        for (int i = 0; i < scores.Length; i++)
        {
            ScoreCalibration one = calibration.Scores[i % count];
            Assert.IsInRange((float)(1 - one.PValue(low[i])) - 1e-6f, (float)(1 - one.PValue(high[i])) + 1e-6f, probabilities[i], Where(i));
        }

        float limit = (float)outputs.OutlierProbability;
        for (int row = 0; row < exact.Length; row++)
        {
            float statistic = _run[outputs.DistanceOutput][row], probability = _run[outputs.ProbabilityOutput!][row];
            if (float.IsInfinity(exact[row]))
            {
                Assert.AreEqual(exact[row], statistic, $"row {row}");
            }
            else
            {
                float least = calibration.StatisticOf(low.AsSpan(row * count, count)), most = calibration.StatisticOf(high.AsSpan(row * count, count));
                Assert.IsInRange(least * 0.99999f, most * 1.00001f, statistic, $"row {row}");
            }

            Assert.AreEqual(calibration.Statistic.ProbabilityOf(statistic), probability, 1e-6, $"row {row}");
            Assert.AreEqual(probability >= limit ? 1f : 0f, _run[outputs.IsOutOfDistributionOutput!][row], $"row {row}");
        }
    }

    private static float[] Moved(float[] scores, Func<int, double> by) =>
        [.. scores.Select((score, i) => float.IsFinite(score) ? (float)Math.Clamp(score + by(i), -float.MaxValue, float.MaxValue) : score)];

    private string Where(int i) => $"{_model.Scores[i % _model.Scores.Count]} of row {i / _model.Scores.Count}";

    private static double[] Tolerances(ModelledEnsemble model, float[] rows, float[] scores)
    {
        double[] tolerances = [.. scores.Select(score => float.IsFinite(score) ? Precision * Math.Abs(score) : 0)];
        int count = model.Scores.Count;
        for (int i = 0; i < model.Groups.Count; i++)
        {
            ScoreGroup group = model.Groups[i];
            int relative = group.SlotOf(OutOfDistributionScoreKind.RelativeMahalanobis);
            if (relative >= 0)
            {
                double[] totals = TotalSquares((MahalanobisModel)model.Models[i], group.Column, model.Layout.Width, rows);
                for (int row = 0; row < totals.Length; row++)
                {
                    int place = (row * count) + relative;
                    tolerances[place] = float.IsFinite(scores[place]) ? Precision * Math.Max(totals[row], totals[row] + scores[place]) : 0;
                }
            }
        }

        return tolerances;
    }

    private static double[] TotalSquares(MahalanobisModel model, EmbeddingColumn column, int width, float[] rows)
    {
        var columnRows = new ColumnRows(rows, width, column);
        float[] whitened = new float[columnRows.Count * model.Whitening.Rank];
        double[] residuals = new double[columnRows.Count];
        model.Whitening.Apply(columnRows, new float[columnRows.Count * column.Dimension], whitened, residuals);
        return
        [
            .. whitened.Chunk(model.Whitening.Rank)
                .Select((row, i) => row.Select((y, j) => (double)y * y * model.TotalPrecisions![j]).Sum() + (residuals[i] * (model.Residuals?.Total ?? 0))),
        ];
    }
}
