namespace Dime.MLNet.Tests.Modelling;

/// <summary>What a model remembers of its fit and of its calibration, beside what it measures with.</summary>
[TestClass]
public sealed class SpectrumTests
{
    public static IEnumerable<string> Kinds => PrecisionTests.Kinds;

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Spectrum_has_the_shares_of_all_directions(string kind)
    {
        var set = TrainingSet.Create(kind);

        IReadOnlyList<double> spectrum = set.Fit().Spectrum!;

        Assert.HasCount(set.Dimension, spectrum);
        Assert.AreEqual(1, spectrum.Sum(), 1e-12);
        Assert.IsTrue(spectrum.All(share => share >= 0));
        IReadOnlyList<double> exact = set.FitExactly().AllExplainedVariance;
        for (int i = 0; i < spectrum.Count; i++)
        {
            Assert.AreEqual(i < exact.Count ? exact[i] : 0, spectrum[i], 1e-12, $"direction {i}");
        }
    }

    [TestMethod]
    public void Spectrum_starts_with_the_explained_variance_also_where_a_threshold_chose_the_rank()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(300, 40, 1), 40, 0.9);

        Assert.IsLessThan(40, model.Rank);
        CollectionAssert.AreEqual(model.ExplainedVariance.ToArray(), model.Spectrum!.Take(model.Rank).ToArray());
        Assert.IsNotInstanceOfType<double[]>(model.Spectrum);
    }

    [TestMethod]
    public void Number_of_calibration_rows_leaves_out_those_that_are_not_finite()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(100, 5, 1), 5, rank: 2);
        ModelledEmbedding calibrated = model.Calibrate([.. Embeddings.Features(70, 5, 2), float.NaN, 0, 0, 0, 0]);

        Assert.AreEqual(0, model.CalibrationRowCount);
        Assert.AreEqual(70, calibrated.CalibrationRowCount);
        CollectionAssert.AreEqual(model.Spectrum!.ToArray(), calibrated.Spectrum!.ToArray());
        Assert.AreEqual(30, calibrated.Calibrate(Embeddings.Features(30, 5, 3)).CalibrationRowCount);
    }

    [TestMethod]
    public void A_file_keeps_them()
    {
        using var stream = new MemoryStream();
        ModelledEmbedding model = ModelledEmbedding.Fit(Embeddings.Features(100, 5, 1), 5, rank: 2).Calibrate(Embeddings.Features(70, 5, 2));
        model.Save(stream);
        stream.Position = 0;

        var loaded = ModelledEmbedding.Load(stream);

        CollectionAssert.AreEqual(model.Spectrum!.ToArray(), loaded.Spectrum!.ToArray());
        Assert.AreEqual(70, loaded.CalibrationRowCount);
        Assert.IsFalse(loaded.Normalizes);
    }
}
