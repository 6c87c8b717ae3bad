using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Onnx.Detectors;

[TestClass]
public sealed class DetectorRestoreTests
{
    private const int P = 20;

    private static readonly float[] _rows = Embeddings.Features(80, P, 7);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Restored_detector_is_the_same_to_the_bit(bool includeWithin)
    {
        ModelledEmbedding model = Fit().Calibrate(Embeddings.Features(60, P, 2), 77);

        var restored = ThroughStream(model.ToOnnx(0.9, includeWithin)).ToModelledEmbedding();

        AssertSame(model, restored);
        PrecisionAssert.SameBits(model.ProbabilityOfDistanceToHyperplane(_rows), restored.ProbabilityOfDistanceToHyperplane(_rows));
        PrecisionAssert.SameBits(model.ProbabilityOfDistanceWithinHyperplane(_rows), restored.ProbabilityOfDistanceWithinHyperplane(_rows));
        PrecisionAssert.SameBits(model.Distances!.Percentiles, restored.Distances!.Percentiles);
        PrecisionAssert.SameBits(model.WithinDistances!.Percentiles, restored.WithinDistances!.Percentiles);
    }

    [TestMethod]
    public void Detector_without_calibration_or_score_distribution_comes_back_without()
    {
        var uncalibrated = ThroughStream(Fit().ToOnnx()).ToModelledEmbedding();
        var single = ThroughStream(ModelledEmbedding.Fit(_rows.AsSpan(0, P), P).Calibrate(_rows, 10).ToOnnx()).ToModelledEmbedding();

        Assert.IsFalse(uncalibrated.IsCalibrated);
        AssertSame(Fit(), uncalibrated);
        Assert.IsFalse(single.HasDistanceWithinHyperplane);
        Assert.IsTrue(single.IsCalibrated);
    }

    [TestMethod]
    public void Exporting_a_restored_detector_gives_the_same_file()
    {
        OnnxGraph graph = Fit().Calibrate(Embeddings.Features(60, P, 2)).ToOnnx(0.9, includeWithin: true);

        CollectionAssert.AreEqual(graph.ToBytes(), graph.ToModelledEmbedding().ToOnnx(0.9, includeWithin: true).ToBytes());
    }

    [TestMethod]
    public void Detectors_are_restored_by_name()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, 1), 2, rank: 1);
        var other = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, 2), 2, rank: 1);
        OnnxGraph fused = ThroughStream(TinyNetwork.Load(TinyNetwork.Create()).Fuse(model.ToOnnx(), "product", "a").Fuse(other.ToOnnx(), "y", "b"));

        PrecisionAssert.SameBits(model.BasisVectors.Span, fused.ToModelledEmbedding("a").BasisVectors.Span);
        PrecisionAssert.SameBits(other.BasisVectors.Span, fused.ToModelledEmbedding("b").BasisVectors.Span);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => fused.ToModelledEmbedding("c")).Message, "Its detectors are 'a', 'b'", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentException>(() => fused.ToModelledEmbedding());
        Assert.ThrowsExactly<ArgumentException>(() => TinyNetwork.Load(TinyNetwork.Create()).ToModelledEmbedding());
    }

    [TestMethod]
    public void Listing_tells_what_is_in_a_file()
    {
        OnnxDetectorInfo info = ThroughStream(Fit().Calibrate(_rows, 11).ToOnnx(0.75, includeWithin: true)).Detectors.Single();

        Assert.AreEqual("dime: features [N, 20], rank 6", info.ToString());
        Assert.IsTrue(info.IsCalibrated);
        Assert.AreEqual(11, info.PercentileCount);
        Assert.AreEqual(0.75, info.OutlierProbability);
        StringAssert.StartsWith(info.Library, "Dime.MLNet ", StringComparison.Ordinal);
        Assert.AreEqual("distance", info.DistanceOutput);
        Assert.AreEqual("probability", info.ProbabilityOutput);
        Assert.AreEqual("is_out_of_distribution", info.IsOutOfDistributionOutput);
        Assert.AreEqual("within_distance", info.WithinDistanceOutput);
        Assert.AreEqual("within_probability", info.WithinProbabilityOutput);
        Assert.IsEmpty(TinyNetwork.Load(TinyNetwork.Create()).Detectors);
    }

    private static ModelledEmbedding Fit() => ModelledEmbedding.Fit(Embeddings.Features(200, P, 1), P, rank: 6);

    private static OnnxGraph ThroughStream(OnnxGraph graph)
    {
        var stream = new MemoryStream();
        graph.Save(stream);
        stream.Position = 0;
        return OnnxGraph.Load(stream);
    }

    private static void AssertSame(ModelledEmbedding expected, ModelledEmbedding actual)
    {
        PrecisionAssert.SameBits(expected.BasisVectors.Span, actual.BasisVectors.Span);
        CollectionAssert.AreEqual(expected.ExplainedVariance.ToArray(), actual.ExplainedVariance.ToArray());
        PrecisionAssert.SameBits(expected.DistanceToHyperplane(_rows), actual.DistanceToHyperplane(_rows));
        PrecisionAssert.SameBits(expected.DistanceWithinHyperplane(_rows), actual.DistanceWithinHyperplane(_rows));
    }
}
