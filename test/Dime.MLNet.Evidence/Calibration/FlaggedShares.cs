using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;

namespace Dime.MLNet.Evidence.Calibration;

/// <summary>What share of rows in distribution is flagged, by how many rows a detector was calibrated on.</summary>
internal static class FlaggedShares
{
    /// <summary>The numbers of calibration rows.</summary>
    public static IReadOnlyList<int> CalibrationCounts { get; } = [50, 100, 400, 2000];

    // Of the rows at hand; the rest are for calibration.
    private const double FitShare = 0.4;
    private const double TestShare = 0.2;

    /// <param name="rows">Rows in distribution.</param>
    /// <param name="monitoring">What is watched.</param>
    /// <param name="repeats">How often they are split anew.</param>
    /// <param name="seed">Chooses the splits.</param>
    /// <returns>Shares for each number of calibration rows that there are enough rows for.</returns>
    public static IReadOnlyList<FlaggedShare> Measure(FeatureRows rows, Monitoring monitoring, int repeats, int seed)
    {
        int fitCount = (int)(FitShare * rows.Count);
        int testCount = (int)(TestShare * rows.Count);
        int[] counts = [.. CalibrationCounts.Where(count => count <= rows.Count - fitCount - testCount)];
        Dictionary<int, List<(double Dime, double Ensemble)>> shares = counts.ToDictionary(count => count, _ => new List<(double, double)>());
        for (int repeat = 0; repeat < repeats && counts.Length > 0; repeat++)
        {
            int[] order = RowOrder.Shuffled(rows.Count, seed + repeat);
            FeatureRows fit = rows.Take(order.AsSpan(0, fitCount));
            FeatureRows test = rows.Take(order.AsSpan(fitCount, testCount));
            ModelledEmbedding dime = DetectorBench.FitDime(monitoring, fit);
            ModelledEnsemble ensemble = DetectorBench.FitEnsemble(monitoring, fit);
            foreach (int count in counts)
            {
                FeatureRows calibration = rows.Take(order.AsSpan(fitCount + testCount, count));
                shares[count].Add((
                    DetectorBench.FlaggedShare(dime.Calibrate(calibration.Column(monitoring.DimeColumn)).ProbabilityOfDistanceToHyperplane(test.Column(monitoring.DimeColumn))),
                    DetectorBench.FlaggedShare(ensemble.Calibrate(calibration.Values).Probability(test.Values))));
            }
        }

        return [.. counts.Select(count => new FlaggedShare(count, fitCount, testCount, [.. shares[count].Select(share => share.Dime)], [.. shares[count].Select(share => share.Ensemble)]))];
    }
}

/// <summary>The shares of rows in distribution that were flagged.</summary>
/// <param name="CalibrationCount">n.</param>
/// <param name="FitCount">The number of rows that were fitted to.</param>
/// <param name="TestCount">m, the number of rows that were scored.</param>
/// <param name="Dime">By DIME, for each split.</param>
/// <param name="Ensemble">By the ensemble, for each split.</param>
internal sealed record FlaggedShare(int CalibrationCount, int FitCount, int TestCount, IReadOnlyList<double> Dime, IReadOnlyList<double> Ensemble)
{
    // The limit is a percentile of the calibration scores: of n in ascending order, the one at this place, which may lie between two.
    private double Place => (new DimeOptions().OutlierProbability * (CalibrationCount - 1)) + 1;

    /// <summary>The share that chance alone leads one to expect where calibration rows and rows to score are alike.</summary>
    public double Expected => 1 - (Place / (CalibrationCount + 1));

    /// <summary>The standard deviation of the share of one split, by chance: of where the limit lies, and of the m rows.</summary>
    public double ExpectedDeviation
    {
        get
        {
            int below = (int)Place;
            double between = Place - below;
            double limit = ((1 - between) * (1 - between) * Covariance(below, below))
                + (2 * between * (1 - between) * Covariance(below, below + 1))
                + (between * between * Covariance(below + 1, below + 1));
            return Math.Sqrt((Expected * (1 - Expected) / TestCount) + (limit * (1 - (1.0 / TestCount))));
        }
    }

    // Of the i-th and the j-th smallest of n uniform variables, i ≤ j.
    private double Covariance(int i, int j)
    {
        double n = CalibrationCount;
        return i * (n + 1 - j) / ((n + 1) * (n + 1) * (n + 2));
    }
}
