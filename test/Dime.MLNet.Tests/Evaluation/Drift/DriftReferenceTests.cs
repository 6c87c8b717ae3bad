using System.Text.Json;
using Dime.MLNet.Evaluation.Drift;
using Dime.MLNet.Modelling;
using Dime.MLNet.Tests.Fixtures;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Evaluation.Drift;

/// <summary>The figures that scipy gave.</summary>
[TestClass]
public sealed class DriftReferenceTests
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private static IReadOnlyList<Case> Cases { get; } =
        JsonSerializer.Deserialize<Figures>(File.ReadAllText(ProjectFiles.Reference("drift.json")), _json)!.Cases;

    [TestMethod]
    public void Flagged_share_and_distribution_are_those_of_scipy()
    {
        Assert.IsNotEmpty(Cases);
        foreach (Case expected in Cases)
        {
            var score = new CalibratedScore(null, [], expected.Percentiles, expected.CalibrationRows, expected.OutlierProbability);
            long flagged = expected.Probabilities.LongCount(score.IsFlagged);
            DriftTestResult share = score.TestFlagged(flagged, expected.WindowRows);
            DriftTestResult distribution = score.TestDistribution([.. expected.Probabilities.Order()]);

            string name = $"{expected.CalibrationRows} {expected.WindowRows}";
            Assert.AreEqual((expected.Flagged, expected.CalibrationRowsAboveLimit), (flagged, score.RowsAtLimit), name);
            Assert.AreEqual(expected.FlaggedP, share.PValue!.Value, 1e-10, name);
            Assert.AreEqual(expected.Ks, distribution.Statistic, 1e-12, name);
            Assert.AreEqual(expected.KsP, distribution.PValue!.Value, 1e-9, name);
        }
    }

    [TestMethod]
    public void Plain_probabilities_give_the_same()
    {
        foreach (Case expected in Cases)
        {
            DriftResult result = DriftTest.Run([.. expected.Probabilities.Select(p => (float)p)], expected.CalibrationRows);

            Assert.AreEqual((expected.Flagged, (long)expected.WindowRows, expected.CalibrationRows), (result.FlaggedRowCount, result.RowCount, result.CalibrationRowCount));
            Assert.AreEqual(expected.FlaggedP, result.Tests[0].PValue!.Value, 1e-10);
            Assert.AreEqual(expected.KsP, result.Tests[1].PValue!.Value, 1e-5);
            Assert.AreEqual(Math.Min(1, 2 * Math.Min(expected.FlaggedP, expected.KsP)), result.PValue, 1e-5);
            Assert.IsFalse(result.IsDrift);
        }
    }

    [TestMethod]
    public void Mean_is_that_of_scipy()
    {
        foreach (Case expected in Cases)
        {
            // A model whose scores are the embeddings themselves, with the mean and the covariance of the case.
            Hotelling hotelling = expected.Hotelling;
            int k = hotelling.Mean.Length;
            Matrix<double> identity = Matrix<double>.Build.DenseIdentity(k);
            var model = new ModelledEmbedding(
                [.. identity.ToRowMajorArray().Select(value => (float)value)],
                k,
                [.. Enumerable.Repeat(1.0 / k, k)],
                ScoreDistribution.FromCovariance(hotelling.Mean, [.. hotelling.Covariance], 0),
                trainingRowCount: hotelling.TrainingRows);
            double[] sum = [.. hotelling.WindowMean.Select(value => value * expected.WindowRows)];

            DriftTestResult result = new HyperplaneSpace(null, 0, model).Test(sum, expected.WindowRows);

            // The model whitens in single precision.
            Assert.AreEqual(hotelling.T2, result.Statistic, 1e-5 * hotelling.T2);
            Assert.AreEqual(hotelling.P, result.PValue!.Value, 1e-5);
            double usual = result.Expected;
            Assert.AreEqual((double)k, usual);
        }
    }

    private sealed record Figures(Case[] Cases);

    private sealed record Case(
        long CalibrationRows,
        int WindowRows,
        int Percentiles,
        double OutlierProbability,
        double[] Probabilities,
        long Flagged,
        long CalibrationRowsAboveLimit,
        double FlaggedP,
        double Ks,
        double KsP,
        Hotelling Hotelling);

    private sealed record Hotelling(long TrainingRows, double[] Mean, double[] Covariance, double[] WindowMean, double T2, double P);
}
