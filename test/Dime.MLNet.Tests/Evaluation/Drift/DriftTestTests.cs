using Dime.MLNet.Modelling;
using Dime.MLNet.Tests.Fixtures;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML;
using Microsoft.ML.Data;
using Rows = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Evaluation.Drift;

[TestClass]
public sealed class DriftTestTests
{
    private const int Dimension = 12;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Mean_of_a_hyperplane_is_that_of_its_definition(bool normalize)
    {
        const int rank = 5;
        float[] train = Rows.Features(300, Dimension, 1), rows = [.. Rows.Features(90, Dimension, 2).Select(value => value + 0.05f)];
        var sums = new EmbeddingAccumulator(Dimension, normalize);
        sums.Add(train);
        ModelledEmbedding model = sums.Fit(rank: rank).Calibrate(Rows.Features(100, Dimension, 3));

        DriftTestResult mean = DriftTest.Run(model, rows).Tests[2];

        Matrix<double> scores = Scores(model, train), window = Scores(model, rows);
        Vector<double> difference = (window.ColumnSums() / 90) - (scores.ColumnSums() / 300);
        Matrix<double> centred = Matrix<double>.Build.Dense(300, rank, (i, j) => scores[i, j] - (scores.ColumnSums()[j] / 300));
        Matrix<double> covariance = centred.TransposeThisAndMultiply(centred) / 299;
        double expected = difference.DotProduct(covariance.Solve(difference)) / ((1.0 / 90) + (1.0 / 300));
        Assert.AreEqual(expected, mean.Statistic, 1e-4 * expected);
        double pValue = MathNet.Numerics.SpecialFunctions.BetaRegularized((300 - rank) / 2.0, rank / 2.0, 1 / (1 + (expected / 299)));
        Assert.AreEqual(pValue, mean.PValue!.Value, 1e-3 * pValue);
    }

    [TestMethod]
    [DataRow(2000, 1.0)]
    [DataRow(60, 0.0)]
    public void Mean_of_a_Mahalanobis_score_is_never_more_than_that_of_its_definition(int trainingRows, double nearness)
    {
        float[] train = Rows.Features(trainingRows, Dimension, 1), rows = [.. Rows.Features(90, Dimension, 2).Select(value => value + 0.05f)];
        ModelledEnsemble model = Ensemble([OutOfDistributionScore.Mahalanobis("A")], train);

        DriftTestResult mean = DriftTest.Run(model, rows).Tests.Single(test => test.Kind == DriftTestKind.Mean);

        Matrix<double> x = Dense(train), window = Dense(rows);
        Vector<double> average = x.ColumnSums() / trainingRows;
        Matrix<double> centred = Matrix<double>.Build.Dense(trainingRows, Dimension, (i, j) => x[i, j] - average[j]);
        Vector<double> difference = (window.ColumnSums() / 90) - average;
        double exact = difference.DotProduct((centred.TransposeThisAndMultiply(centred) / (trainingRows - 1)).Solve(difference)) / ((1.0 / 90) + (1.0 / trainingRows));
        Assert.IsLessThanOrEqualTo(exact * 1.0001, mean.Statistic);
        Assert.IsGreaterThanOrEqualTo(0.95 * nearness * exact, mean.Statistic);
        Assert.IsGreaterThan(0.3 * exact, mean.Statistic);
    }

    [TestMethod]
    public void Features_that_do_not_depend_on_each_other_are_shrunk_to_the_end_and_tested_all_the_same()
    {
        float[] train = Rows.Gaussian(2000, Dimension, 1), rows = [.. Rows.Gaussian(90, Dimension, 2).Select(value => value + 0.2f)];
        ModelledEnsemble model = Ensemble([OutOfDistributionScore.Mahalanobis("A")], train);

        DriftTestResult mean = DriftTest.Run(model, rows).Tests.Single(test => test.Kind == DriftTestKind.Mean);

        // The covariance is the identity but for chance.
        double expected = Enumerable.Range(0, Dimension).Sum(j => Math.Pow(Average(rows, j) - Average(train, j), 2)) / ((1.0 / 90) + (1.0 / 2000));
        Assert.IsLessThan(1.02 * expected, mean.Statistic);
        Assert.IsGreaterThan(0.8 * expected, mean.Statistic);
        Assert.IsLessThan(0.001, mean.PValue!.Value);

        static double Average(float[] values, int column) => values.Where((_, i) => i % Dimension == column).Average(value => (double)value);
    }

    [TestMethod]
    public void Covariance_of_all_rows_serves_where_classes_have_one_of_their_own()
    {
        float[] train = Rows.Features(400, Dimension, 1);
        float median = Enumerable.Range(0, 400).Select(i => train[i * Dimension]).Order().ElementAt(200);
        int[] classes = [.. Enumerable.Range(0, 400).Select(i => train[i * Dimension] > median ? 1 : 0)];
        OutOfDistributionScore relative = OutOfDistributionScore.RelativeMahalanobis("A"), total = OutOfDistributionScore.Mahalanobis("A"), within = OutOfDistributionScore.ClassMahalanobis("A");
        float[] rows = [.. Rows.Features(90, Dimension, 2).Select(value => value + 0.05f)];

        DriftTestResult ofRelative = Mean(relative), ofTotal = Mean(total), ofWithin = Mean(within);

        Assert.AreEqual(ofTotal.Statistic, ofRelative.Statistic, 1e-3 * ofTotal.Statistic);
        Assert.AreEqual(ofTotal.PValue!.Value, ofRelative.PValue!.Value, 2e-2 * ofTotal.PValue!.Value);
        Assert.IsNull(ofWithin.PValue);
        Assert.Contains("covariance within classes alone", ofWithin.WhyLeftOut!);

        DriftTestResult Mean(OutOfDistributionScore score) => DriftTest.Run(Ensemble([score], train, score == total ? null : classes), rows)
            .Tests.Single(test => test.Kind == DriftTestKind.Mean);
    }

    [TestMethod]
    public void Column_that_drifted_is_named_and_others_are_not()
    {
        var layout = new EmbeddingLayout(("Early", Dimension), ("Late", Dimension));
        var sums = new EnsembleAccumulator(layout, [OutOfDistributionScore.Mahalanobis("Early"), OutOfDistributionScore.Hyperplane("Late", rank: 4)]);
        sums.Add(Both(600, 1, 0));
        ModelledEnsemble model = sums.Fit().Calibrate(Both(400, 3, 0));

        DriftResult none = DriftTest.Run(model, Both(300, 7, 0)), drift = DriftTest.Run(model, Both(300, 7, 0.6f));

        Assert.IsFalse(none.IsDrift, none.Verdict);
        Assert.IsEmpty(none.DriftedScoreNames);
        Assert.StartsWith("No drift in 300 rows", none.Verdict);
        Assert.IsTrue(drift.IsDrift);
        CollectionAssert.AreEqual(new[] { "Mahalanobis(Early)" }, drift.DriftedScoreNames.ToArray());
        Assert.StartsWith("Drift in 300 rows", drift.Verdict);
        Assert.Contains("Mahalanobis(Early)", drift.Verdict);
        Assert.IsLessThan(1e-10, drift.PValue);
        Assert.HasCount(8, drift.Tests);

        static float[] Both(int count, int seed, float shift)
        {
            float[] early = Rows.Features(count, Dimension, seed), late = Rows.Features(count, Dimension, seed + 50);
            return Rows.Fill(count, 2 * Dimension, (i, j) => j < Dimension ? early[(i * Dimension) + j] + shift : late[(i * Dimension) + j - Dimension]);
        }
    }

    [TestMethod]
    public void Each_score_is_tested_by_its_own_probabilities()
    {
        ModelledEnsemble model = Ensemble([OutOfDistributionScore.Mahalanobis("A"), OutOfDistributionScore.Hyperplane("A", rank: 3)], Rows.Features(300, Dimension, 1));
        float[] rows = [.. Rows.Features(90, Dimension, 2).Select(value => value * 1.15f)], probabilities = model.ScoreProbabilities(rows);

        DriftResult result = DriftTest.Run(model, rows);

        double[] shares = [.. Enumerable.Range(0, 2).Select(score => Enumerable.Range(0, 90).Count(row => probabilities[(row * 2) + score] >= 0.95f) / 90.0)];
        CollectionAssert.AreEqual(shares, Statistics(DriftTestKind.FlaggedShare));
        Assert.AreNotEqual(shares[0], shares[1]);

        // Without the model a probability between two percentiles counts as that.
        double[] distances = [.. Enumerable.Range(0, 2).Select(score => DriftTest.Run([.. probabilities.Where((_, i) => i % 2 == score)], 300).Tests[1].Statistic)];
        Assert.AreEqual(0, Statistics(DriftTestKind.Distribution).Zip(distances, (a, b) => Math.Abs(a - b)).Max(), 0.001);

        double[] Statistics(DriftTestKind kind) =>
            [.. result.Tests.Where(test => test.Kind == kind && test.ScoreName is not null).Select(test => test.Statistic)];
    }

    [TestMethod]
    public void Mean_that_cannot_be_tested_says_why()
    {
        float[] constant = Rows.Fill(100, Dimension, (_, j) => j + 1), rows = Rows.Features(90, Dimension, 2);
        ModelledEmbedding alike = ModelledEmbedding.Fit(constant, Dimension, rank: 1).Calibrate(Rows.Features(100, Dimension, 3));
        ModelledEmbedding fitted = Fit();
        var old = new ModelledEmbedding(
            fitted.BasisVectors.ToArray(), Dimension, fitted.ExplainedVariance.ToArray(), fitted.Scores, EmpiricalDistribution.FromSample([1, 2, 3], 2), calibrationRowCount: 3);

        Assert.Contains("do not vary within its hyperplane", WhyLeftOut(alike));
        Assert.Contains("does not tell how many rows it was fitted to; fit it again", WhyLeftOut(old));

        string WhyLeftOut(ModelledEmbedding model)
        {
            DriftTestResult mean = DriftTest.Run(model, rows).Tests.Single(test => test.Kind == DriftTestKind.Mean);
            Assert.IsNull(mean.PValue);
            return mean.WhyLeftOut!;
        }
    }

    [TestMethod]
    public void Drift_is_seen_although_no_row_is_flagged()
    {
        ModelledEmbedding model = Fit();
        float[] typical = [.. Rows.Features(3000, Dimension, 9).Chunk(Dimension)
            .Where(row => model.ProbabilityOfDistanceToHyperplane(row)[0] is > 0.5f and < 0.9f).Take(200).SelectMany(row => row)];

        DriftResult result = DriftTest.Run(model, typical);

        Assert.AreEqual((200L, 0L), (result.RowCount, result.FlaggedRowCount));
        Assert.IsTrue(result.IsDrift);
        Assert.AreEqual(DriftTestKind.Distribution, result.Objections[0].Kind);
        Assert.IsGreaterThan(0.45, result.Objections[0].Statistic);
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_flagged_and_left_out_of_the_mean()
    {
        ModelledEmbedding model = Fit();
        float[] rows = Rows.Features(100, Dimension, 9);
        float[] damaged = [.. rows];
        for (int i = 0; i < 20; i++)
        {
            damaged[(i * 5 * Dimension) + 3] = i % 2 == 0 ? float.NaN : float.NegativeInfinity;
        }

        float[] rest = [.. damaged.Chunk(Dimension).Where(row => row.All(float.IsFinite)).SelectMany(row => row)];

        DriftResult result = DriftTest.Run(model, damaged), ofRest = DriftTest.Run(model, rest);

        Assert.AreEqual((100L, 20L), (result.RowCount, result.NonFiniteRowCount));
        Assert.AreEqual(ofRest.FlaggedRowCount + 20, result.FlaggedRowCount);
        Assert.AreEqual(ofRest.Tests[2].Statistic, result.Tests[2].Statistic, 1e-9 * ofRest.Tests[2].Statistic);
        Assert.AreEqual(DriftTestKind.FlaggedShare, result.Objections[0].Kind);
        Assert.Contains("20 of them have values that are not finite", result.Verdict);
    }

    [TestMethod]
    public void Calibration_rows_that_are_alike_are_no_drift()
    {
        // Nine of ten rows at one distance: their probability is 1 less the tenth beyond them.
        float[] distances = [.. Enumerable.Range(0, 500).Select(i => i % 10 == 0 ? 2 + (i / 500f) : 1)];
        var model = new ModelledEmbedding([1, 0], 2, [1.0], null, EmpiricalDistribution.FromSample([.. distances], 5000), calibrationRowCount: 500);

        Assert.IsFalse(DriftTest.RunOnDistances(model, distances).IsDrift);
        Assert.IsTrue(DriftTest.RunOnDistances(model, [.. distances.Where((_, i) => i % 20 != 0)]).IsDrift is false);
        Assert.IsTrue(DriftTest.RunOnDistances(model, [.. distances.Where((_, i) => i % 5 < 2)]).IsDrift is true);
    }

    [TestMethod]
    public void Limit_among_rows_that_are_alike_counts_all_of_them()
    {
        // A fifth of the rows are at the limit, so that all of these are flagged.
        float[] distances = [.. Enumerable.Range(0, 1000).Select(i => i < 800 ? i / 800f : 1)];
        var model = new ModelledEmbedding([1, 0], 2, [1.0], null, EmpiricalDistribution.FromSample([.. distances], 5000), calibrationRowCount: 1000);

        DriftResult result = DriftTest.RunOnDistances(model, distances);

        Assert.AreEqual(200, result.FlaggedRowCount);
        Assert.AreEqual(201.0 / 1001, result.Tests[0].Expected, 0.002);
        Assert.IsFalse(result.IsDrift);
    }

    [TestMethod]
    public void Pipeline_arrays_and_distances_agree()
    {
        DimeTransformer detector = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, OutlierProbability = 0.9 })
            .Fit(_mlContext.Data.LoadFromEnumerable(Fixtures.Embeddings.Create(500)));
        List<EmbeddingRow> rows = Fixtures.Embeddings.Create(120, seed: 5);
        float[] flat = Fixtures.Embeddings.Flatten(rows);
        var chain = new TransformerChain<ITransformer>(new TransformerChain<DimeTransformer>(detector));
        var options = new DriftOptions { OutlierProbability = 0.9 };

        DriftResult piped = DriftTest.Run(chain, _mlContext.Data.LoadFromEnumerable(rows));
        DriftResult arrays = DriftTest.Run(detector.Embedding, flat, options);
        DriftResult distances = DriftTest.RunOnDistances(detector.Embedding, detector.Embedding.DistanceToHyperplane(flat), options);

        Assert.AreEqual(0.9, piped.OutlierProbability);
        CollectionAssert.AreEqual(piped.Tests.ToArray(), arrays.Tests.ToArray());
        CollectionAssert.AreEqual(piped.Tests.Take(2).ToArray(), distances.Tests.ToArray());
    }

    [TestMethod]
    public void Models_that_cannot_be_tested_say_so()
    {
        var plain = ModelledEmbedding.Fit(Rows.Features(100, Dimension, 1), Dimension, rank: 3);
        float[] rows = Rows.Features(50, Dimension, 2);

        Assert.Contains("call Calibrate", Assert.ThrowsExactly<InvalidOperationException>(() => DriftTest.Run(plain, rows)).Message);
        string old = Path.Combine(ProjectFiles.Golden, "v0.1.0", "pipeline-embeddings.zip");
        ITransformer model = _mlContext.Model.Load(old, out _);
        DetectorTransformer detector = new ModelZip(File.ReadAllBytes(old)).LoadDetector();
        Assert.AreEqual(0, detector.CalibrationRowCount);
        Assert.Contains("0.1.0", Assert.ThrowsExactly<InvalidOperationException>(() => DriftTest.Run(model, _mlContext.Data.LoadFromEnumerable(Fixtures.Embeddings.Create(50)))).Message);
        Assert.ThrowsExactly<InvalidOperationException>(() => new DriftMonitor(detector));
    }

    [TestMethod]
    public void Rows_that_cannot_be_tested_say_so()
    {
        ModelledEmbedding model = Fit();

        Assert.Contains("no rows", Assert.ThrowsExactly<ArgumentException>(() => DriftTest.Run(model, [])).Message);
        Assert.ThrowsExactly<ArgumentException>(() => DriftTest.Run(model, new float[Dimension + 1]));
        Assert.Contains("Value 1", Assert.ThrowsExactly<ArgumentException>(() => DriftTest.Run([0.5f, 1.5f], 100)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => DriftTest.Run([float.NaN], 100));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => DriftTest.Run([0.5f], 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftOptions { Level = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftOptions { OutlierProbability = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftOptions { PercentileCount = 1 });
    }

    [TestMethod]
    public void Few_rows_are_warned_of()
    {
        DriftResult few = DriftTest.Run(Fit(), Rows.Features(20, Dimension, 2)), one = DriftTest.Run([1f], 5000), many = DriftTest.Run(Fit(), Rows.Features(200, Dimension, 2));

        Assert.Contains("Only 20 rows", few.Warnings[0]);
        Assert.IsNull(few.Tests[2].PValue);
        Assert.Contains("mean of 20 rows", few.Tests[2].WhyLeftOut!);
        Assert.Contains("Even if all of the 1 rows were flagged", one.Warnings[1]);
        Assert.IsEmpty(many.Warnings);
        Assert.Contains("calibrated on 50 rows", DriftTest.Run(new float[100], 50).Warnings[0]);
    }

    [TestMethod]
    public void Mean_is_left_out_where_there_are_no_more_rows_than_dimensions()
    {
        ModelledEnsemble model = Ensemble([OutOfDistributionScore.Mahalanobis("A")], Rows.Features(Dimension, Dimension, 1));

        DriftTestResult mean = DriftTest.Run(model, Rows.Features(100, Dimension, 2)).Tests.Single(test => test.Kind == DriftTestKind.Mean);

        Assert.IsNull(mean.PValue);
        Assert.Contains("12 rows, no more than the 12 dimensions", mean.WhyLeftOut!);
    }

    [TestMethod]
    public void Number_of_rows_is_kept_in_every_file()
    {
        ModelledEnsemble ensemble = Ensemble([OutOfDistributionScore.Mahalanobis("A"), OutOfDistributionScore.Hyperplane("A", rank: 3)], Rows.Features(300, Dimension, 1));
        float[] rows = Rows.Features(100, Dimension, 2);
        using var stream = new MemoryStream();
        ensemble.Save(stream);
        stream.Position = 0;
        using var graph = new MemoryStream();
        ensemble.ToOnnx().Save(graph);
        graph.Position = 0;
        var exported = OnnxGraph.Load(graph);

        CollectionAssert.AreEqual(DriftTest.Run(ensemble, rows).Tests.ToArray(), DriftTest.Run(ModelledEnsemble.Load(stream), rows).Tests.ToArray());
        CollectionAssert.AreEqual(DriftTest.Run(ensemble, rows).Tests.ToArray(), DriftTest.Run(exported.ToEnsemble(), rows).Tests.ToArray());
    }

    [TestMethod]
    public void Weights_count_no_more_than_their_rows()
    {
        float[] rows = Rows.Features(100, Dimension, 1);

        Assert.AreEqual(100, Weighted(1).TrainingRowCount);
        Assert.AreEqual(100, Weighted(3).TrainingRowCount);
        Assert.AreEqual(25, Weighted(0.25f).TrainingRowCount);

        ModelledEmbedding Weighted(float weight)
        {
            var sums = new EmbeddingAccumulator(Dimension);
            sums.Add(rows, Enumerable.Repeat(weight, 100).ToArray());
            return sums.Fit(rank: 3);
        }
    }

    private static ModelledEmbedding Fit() =>
        ModelledEmbedding.Fit(Rows.Features(300, Dimension, 1), Dimension, rank: 4).Calibrate(Rows.Features(400, Dimension, 3));

    private static ModelledEnsemble Ensemble(OutOfDistributionScore[] scores, float[] train, int[]? classes = null)
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("A", Dimension)), scores);
        if (classes is null)
        {
            sums.Add(train);
        }
        else
        {
            sums.ClassNumber("0");
            sums.ClassNumber("1");
            sums.Add(train, classes);
        }

        return sums.Fit().Calibrate(Rows.Features(300, Dimension, 3));
    }

    private static Matrix<double> Scores(ModelledEmbedding model, float[] rows)
    {
        float[] scores = model.Transform(rows);
        return Matrix<double>.Build.Dense(rows.Length / Dimension, model.Rank, (i, j) => scores[(i * model.Rank) + j]);
    }

    private static Matrix<double> Dense(float[] rows) => Matrix<double>.Build.Dense(rows.Length / Dimension, Dimension, (i, j) => rows[(i * Dimension) + j]);
}
