using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Peers;

namespace Dime.MLNet.Evidence.Detectors;

/// <summary>All detectors, fitted to the same rows.</summary>
internal sealed class DetectorBench
{
    private const int Neighbours = 50;

    private readonly Monitoring _monitoring;
    private readonly ModelledEmbedding _dime;
    private readonly ModelledEnsemble _ensemble;
    private readonly IPeer[] _peers;

    private DetectorBench(Monitoring monitoring, ModelledEmbedding dime, ModelledEnsemble ensemble, IPeer[] peers)
    {
        _monitoring = monitoring;
        _dime = dime;
        _ensemble = ensemble;
        _peers = peers;
        All =
        [
            new("DIME", DetectorKind.Dime, $"the distance to the hyperplane of `{monitoring.Plan.Tensors.First(tensor => tensor.OutputColumnName == monitoring.DimeColumn).Name}`, rank {dime.Rank} of {dime.Dimension}"),
            new("ensemble", DetectorKind.Ensemble, $"the scores below in one probability: {string.Join(", ", ensemble.Scores)}"),
            .. ensemble.Scores.Select(score => new Detector(score.Name, DetectorKind.Score, "")),
            .. peers.Select(peer => new Detector(peer.Name, DetectorKind.Peer, peer.Description)),
        ];
    }

    /// <summary>The detectors, in the order in which they are shown.</summary>
    public IReadOnlyList<Detector> All { get; }

    /// <summary>The last layer that ViM found; null where there are no logits.</summary>
    public LinearHead? Head => _peers.OfType<VirtualLogit>().SingleOrDefault()?.Head;

    /// <param name="monitoring">What is watched.</param>
    /// <param name="fit">The rows to fit to.</param>
    /// <param name="calibration">The rows to calibrate on.</param>
    public static DetectorBench Fit(Monitoring monitoring, FeatureRows fit, FeatureRows calibration)
    {
        ModelledEmbedding dime = FitDime(monitoring, fit).Calibrate(calibration.Column(monitoring.DimeColumn));
        ModelledEnsemble ensemble = FitEnsemble(monitoring, fit).Calibrate(calibration.Values);
        return new DetectorBench(monitoring, dime, ensemble, [.. Peers(monitoring, fit)]);
    }

    public static ModelledEmbedding FitDime(Monitoring monitoring, FeatureRows fit) =>
        ModelledEmbedding.Fit(fit.Column(monitoring.DimeColumn), fit.Layout.Find(monitoring.DimeColumn)!.Dimension);

    public static ModelledEnsemble FitEnsemble(Monitoring monitoring, FeatureRows fit)
    {
        var sums = new EnsembleAccumulator(fit.Layout, monitoring.Plan.Scores, monitoring.Plan.LogitsColumnName);
        sums.Add(fit.Values);
        return sums.Fit();
    }

    /// <summary>The scores of rows, one array for each of <see cref="All"/>; large means out of distribution.</summary>
    public IReadOnlyList<float[]> Score(FeatureRows rows)
    {
        int count = _ensemble.Scores.Count;
        float[] scores = _ensemble.MeasureScores(rows.Values);
        return
        [
            _dime.DistanceToHyperplane(rows.Column(_monitoring.DimeColumn)),
            _ensemble.Statistic(rows.Values),
            .. Enumerable.Range(0, count).Select(score => Enumerable.Range(0, rows.Count).Select(row => scores[(row * count) + score]).ToArray()),
            .. _peers.Select(peer => peer.Score(rows).Select(ToRank).ToArray()),
        ];
    }

    /// <summary>The share of rows that DIME flags, and that the ensemble flags.</summary>
    public (double Dime, double Ensemble) Flagged(FeatureRows rows) => (
        FlaggedShare(_dime.ProbabilityOfDistanceToHyperplane(rows.Column(_monitoring.DimeColumn))),
        FlaggedShare(_ensemble.Probability(rows.Values)));

    /// <summary>The share of probabilities that are flagged by default.</summary>
    public static double FlaggedShare(float[] probabilities)
    {
        float limit = (float)new DimeOptions().OutlierProbability;
        return probabilities.Average(probability => probability < limit ? 0.0 : 1);
    }

    // As for the library: what is not a number is not in distribution.
    private static float ToRank(double score) => double.IsNaN(score) ? float.PositiveInfinity : (float)score;

    private static IEnumerable<IPeer> Peers(Monitoring monitoring, FeatureRows fit)
    {
        if (monitoring.Plan.LogitsColumnName is { } logits)
        {
            yield return new MaximumSoftmax(logits);
            yield return new LogitEnergy(logits);
        }

        yield return new NearestNeighbours(monitoring.EmbeddingColumn, fit, Neighbours);
        if (monitoring.Plan.LogitsColumnName is { } column)
        {
            yield return new VirtualLogit(monitoring.EmbeddingColumn, column, fit);
            yield return new ClassMahalanobisPeer(monitoring.EmbeddingColumn, fit, Logits.Classes(fit.Matrix(column)));
        }
    }
}
