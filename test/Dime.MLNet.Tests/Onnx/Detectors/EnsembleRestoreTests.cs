using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Onnx.Detectors;

[TestClass]
public sealed class EnsembleRestoreTests
{
    private static readonly ModelledEnsemble _model = EveryScore.Fit();

    [TestMethod]
    public void Restored_ensemble_is_the_same_to_the_bit()
    {
        ModelledEnsemble restored = ThroughStream(_model.ToOnnx(0.9)).ToEnsemble();

        float[] rows = EveryScore.Rows(100, 8);
        PrecisionAssert.SameBits(EveryScore.Everything(_model, rows), EveryScore.Everything(restored, rows));
        Assert.AreEqual(_model.Layout, restored.Layout);
        CollectionAssert.AreEqual(_model.Scores.ToArray(), restored.Scores.ToArray());
        CollectionAssert.AreEqual(_model.ClassNames.ToArray(), restored.ClassNames.ToArray());
        Assert.AreEqual(_model.CalibrationRowCount, restored.CalibrationRowCount);
        PrecisionAssert.SameBits(_model.StatisticPercentiles.Span, restored.StatisticPercentiles.Span);

        // The file of an ensemble holds all of it.
        CollectionAssert.AreEqual(Saved(_model), Saved(restored));
    }

    [TestMethod]
    public void Restored_ensemble_of_few_rows_is_the_same_to_the_bit()
    {
        foreach (IEnumerable<OutOfDistributionScore> scores in new[] { ClassRows.AllScores, ClassRows.AllScores.Take(1) })
        {
            ModelledEnsemble model = ClassRows.Create(20, 60, 3, 1).Accumulate(scores).Fit().Calibrate(ClassRows.Create(100, 60, 3, 2).Rows, 50);

            ModelledEnsemble restored = ThroughStream(model.ToOnnx()).ToEnsemble();

            CollectionAssert.AreEqual(Saved(model), Saved(restored));
        }
    }

    [TestMethod]
    public void Exporting_a_restored_ensemble_gives_the_same_file()
    {
        OnnxGraph graph = _model.ToOnnx(0.9);

        CollectionAssert.AreEqual(graph.ToBytes(), graph.ToEnsemble().ToOnnx(0.9).ToBytes());
    }

    [TestMethod]
    public void Classes_that_are_left_out_and_tails_without_excess_come_back()
    {
        var rows = ClassRows.Create(61, 3, 3, 1);
        var sums = new EnsembleAccumulator(rows.Layout, [OutOfDistributionScore.ClassMahalanobis(ClassRows.Column), OutOfDistributionScore.FeatureNorm(ClassRows.Column)]);
        sums.Add(rows.Rows, [.. rows.Classes.Select((c, i) => sums.ClassNumber(i == 60 ? "alone" : $"class {c}"))]);
        float[] calibration = [.. Enumerable.Range(0, 60).SelectMany(i => i < 30 ? ClassRows.Create(1, 3, 1, i).Rows : [0, 0, 0])];
        ModelledEnsemble model = sums.Fit().Calibrate(calibration, 11);
        Assert.AreEqual(0.0, model.Calibration!.Scores[1].MeanExcess);

        ModelledEnsemble restored = ThroughStream(model.ToOnnx()).ToEnsemble();

        CollectionAssert.AreEqual(new[] { "alone" }, restored.LeftOutClassNames.ToArray());
        CollectionAssert.AreEqual(Saved(model), Saved(restored));
    }

    [TestMethod]
    public void Normalising_hyperplane_is_restored_to_the_bit()
    {
        var sums = new EmbeddingAccumulator(20, normalize: true);
        sums.Add(Embeddings.Features(200, 20, 1));
        ModelledEmbedding model = sums.Fit(rank: 5).Calibrate(Embeddings.Features(100, 20, 2), 51);
        float[] rows = Embeddings.Features(80, 20, 3);

        var restored = ThroughStream(model.ToOnnx(includeWithin: true)).ToModelledEmbedding();

        Assert.IsTrue(restored.Normalizes);
        Assert.AreEqual(100, restored.CalibrationRowCount);
        CollectionAssert.AreEqual(model.Spectrum!.ToArray(), restored.Spectrum!.ToArray());
        PrecisionAssert.SameBits(model.DistanceToHyperplane(rows), restored.DistanceToHyperplane(rows));
        PrecisionAssert.SameBits(model.ProbabilityOfDistanceWithinHyperplane(rows), restored.ProbabilityOfDistanceWithinHyperplane(rows));
    }

    [TestMethod]
    public void Ensembles_and_DIME_live_in_one_file_and_are_told_apart()
    {
        var layout = new EmbeddingLayout(("a", 2), ("b", 2));
        var sums = new EnsembleAccumulator(layout, [OutOfDistributionScore.Mahalanobis("a"), OutOfDistributionScore.FeatureNorm("b")]);
        sums.Add(Embeddings.Gaussian(100, 4, 1));
        ModelledEnsemble ensemble = sums.Fit().Calibrate(Embeddings.Gaussian(100, 4, 2), 51);
        ModelledEmbedding dime = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, 1), 2, rank: 1).Calibrate(Embeddings.Gaussian(40, 2, 2), 20);

        OnnxGraph fused = ThroughStream(TinyNetwork.Load(TinyNetwork.Create()).Fuse(dime.ToOnnx(), "product", "plain").Fuse(ensemble.ToOnnx(0.8), ["product", "y"], "all"));

        OnnxDetectorInfo info = fused.Detectors[1];
        Assert.AreEqual("all: product, y, 2 scores", info.ToString());
        CollectionAssert.AreEqual(new[] { "product", "y" }, info.TensorNames.ToArray());
        CollectionAssert.AreEqual(new[] { "Mahalanobis(a)", "FeatureNorm(b)" }, info.ScoreNames.ToArray());
        Assert.AreEqual((true, true, "product", 4, 0, 0.8, 51), (info.IsEnsemble, info.IsCalibrated, info.TensorName, info.Dimension, info.Rank, info.OutlierProbability, info.PercentileCount));
        Assert.AreEqual("all_outlier_threshold all_score_probabilities", $"{info.OutlierThresholdInput} {info.ScoreProbabilitiesOutput}");
        Assert.IsFalse(fused.Detectors[0].IsEnsemble);
        CollectionAssert.AreEqual(Saved(ensemble), Saved(fused.ToEnsemble()));
        CollectionAssert.AreEqual(Saved(ensemble), Saved(fused.ToEnsemble("all")));
        PrecisionAssert.SameBits(dime.BasisVectors.Span, fused.ToModelledEmbedding().BasisVectors.Span);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => fused.ToModelledEmbedding("all")).Message, "ToEnsemble", StringComparison.Ordinal);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => fused.ToEnsemble("plain")).Message, "ToModelledEmbedding", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentException>(() => fused.ToEnsemble("other"));
        Assert.ThrowsExactly<ArgumentException>(() => dime.ToOnnx().ToEnsemble());
        Assert.ThrowsExactly<ArgumentException>(() => ensemble.ToOnnx().ToModelledEmbedding());
        Assert.ThrowsExactly<ArgumentException>(() => TinyNetwork.Load(TinyNetwork.Create()).Fuse(fused, "y"));
    }

    private static byte[] Saved(ModelledEnsemble model)
    {
        var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static OnnxGraph ThroughStream(OnnxGraph graph) => OnnxGraph.Load(new MemoryStream(graph.ToBytes()));
}
