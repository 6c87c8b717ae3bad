using System.Buffers.Binary;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Embeddings = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>A fitted model in a file of its own.</summary>
[TestClass]
public sealed class ModelledEmbeddingStorageTests
{
    private const int Dimension = 9;
    private const int VersionOffset = 8;
    private const int DimensionOffset = 12;
    private const int RankOffset = 16;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Model_comes_back_as_it_was(bool calibrated)
    {
        ModelledEmbedding model = Fit(calibrated);
        float[] rows = [.. Embeddings.Features(50, Dimension, 4), .. Enumerable.Repeat(float.NaN, Dimension)];

        ModelledEmbedding loaded = Load(Save(model));

        Assert.AreEqual((Dimension, 4, calibrated), (loaded.Dimension, loaded.Rank, loaded.IsCalibrated));
        CollectionAssert.AreEqual(model.ExplainedVariance.ToArray(), loaded.ExplainedVariance.ToArray());
        PrecisionAssert.SameBits(model.BasisVectors.Span, loaded.BasisVectors.Span);
        PrecisionAssert.SameBits(model.DistancePercentiles.Span, loaded.DistancePercentiles.Span);
        PrecisionAssert.SameBits(model.WithinDistancePercentiles.Span, loaded.WithinDistancePercentiles.Span);
        PrecisionAssert.SameBits(model.DistanceToHyperplane(rows), loaded.DistanceToHyperplane(rows));
        PrecisionAssert.SameBits(model.DistanceWithinHyperplane(rows), loaded.DistanceWithinHyperplane(rows));
        if (calibrated)
        {
            PrecisionAssert.SameBits(model.ProbabilityOfDistanceToHyperplane(rows), loaded.ProbabilityOfDistanceToHyperplane(rows));
            PrecisionAssert.SameBits(model.ProbabilityOfDistanceWithinHyperplane(rows), loaded.ProbabilityOfDistanceWithinHyperplane(rows));
        }
    }

    [TestMethod]
    [DataRow("random")]
    [DataRow("features of a layer")]
    [DataRow("rank-deficient")]
    [DataRow("fewer rows than values")]
    [DataRow("as many directions as rows")]
    [DataRow("one value")]
    [DataRow("all directions")]
    [DataRow("badly scaled")]
    [DataRow("sparse")]
    [DataRow("duplicated rows")]
    [DataRow("far from the origin")]
    [DataRow("tiny")]
    [DataRow("huge")]
    [DataRow("weighted")]
    public void Whatever_was_fitted_passes_the_checks_of_what_is_loaded(string kind)
    {
        var set = TrainingSet.Create(kind);
        foreach (ModelledEmbedding model in new[] { set.Fit(), set.Fit().Calibrate(set.New, 33) })
        {
            Assert.AreSequenceEqual(Save(model), Save(Load(Save(model))));
        }
    }

    [TestMethod]
    [DataRow(512, 128)]
    [DataRow(300, 300)]
    public void Large_model_passes_the_checks_of_what_is_loaded(int dimension, int rank)
    {
        var model = ModelledEmbedding.Fit(Embeddings.Gaussian(rank + 20, dimension, 1), dimension, rank: rank);

        PrecisionAssert.SameBits(model.BasisVectors.Span, Load(Save(model)).BasisVectors.Span);
    }

    [TestMethod]
    public void Numbers_stand_where_the_format_has_them()
    {
        var stored = new StoredDetector();

        ModelledEmbedding model = Load(stored.Alone());

        PrecisionAssert.SameBits(stored.Basis, model.BasisVectors.Span);
        PrecisionAssert.SameBits(stored.Percentiles, model.DistancePercentiles.Span);
        PrecisionAssert.SameBits(stored.WithinPercentiles, model.WithinDistancePercentiles.Span);
        CollectionAssert.AreEqual(stored.ExplainedVariance, model.ExplainedVariance.ToArray());
        Assert.AreSequenceEqual(stored.Alone(), Save(model));
    }

    [TestMethod]
    public void Numbers_that_no_fit_can_give_are_rejected_under_a_right_seal()
    {
        var good = new StoredDetector();

        AssertRejected(good with { Rank = 4, Basis = new float[12], ExplainedVariance = new double[4], ScoreMean = null }, "its rank is 4 and its dimension 3");
        AssertRejected(good with { Basis = [0.6f, 0, 0.8f, 0.5f, 0, 1] }, "not orthonormal");
        AssertRejected(good with { ExplainedVariance = [0.1, 0.2] }, "explained variance does not fall");
        AssertRejected(good with { ScoreMean = [0, double.NaN] }, "mean score");
        AssertRejected(good with { Whitening = [0, 0, 0, 0] }, "without scale");
        AssertRejected(good with { Percentiles = [2, 1, 0] }, "do not ascend");
        AssertRejected(good with { WithinPercentiles = [] }, "calibration is incomplete");

        static void AssertRejected(StoredDetector stored, string reason) => Assert.Contains(reason, Hostile.AssertRejected(stored.Alone(), Read, reason).Message);
    }

    [TestMethod]
    public void Loaded_model_calibrates_to_the_same_bits()
    {
        float[] rows = Embeddings.Features(50, Dimension, 4);

        PrecisionAssert.SameBits(
            Fit(calibrated: false).Calibrate(rows).ProbabilityOfDistanceWithinHyperplane(rows),
            Load(Save(Fit(calibrated: false))).Calibrate(rows).ProbabilityOfDistanceWithinHyperplane(rows));
    }

    [TestMethod]
    public void Model_without_a_distance_within_comes_back_without_one()
    {
        ModelledEmbedding loaded = Load(Save(ModelledEmbedding.Fit([3, 4], 2).Calibrate([0, 1, 1, 0], 3)));

        Assert.IsFalse(loaded.HasDistanceWithinHyperplane);
        Assert.IsTrue(loaded.WithinDistancePercentiles.IsEmpty);

        // The hyperplane is (3, 4) / 5: 0.6 and 0.8 are the distances of the unit vectors.
        float[] percentiles = loaded.DistancePercentiles.ToArray();
        Assert.AreEqual(0.6, percentiles[0], 1e-6);
        Assert.AreEqual(0.7, percentiles[1], 1e-6);
        Assert.AreEqual(0.8, percentiles[2], 1e-6);
    }

    [TestMethod]
    public void Streams_are_left_open_just_behind_the_model()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        Fit(calibrated: true).Save(stream);
        ModelledEmbedding.Fit([3, 4], 2).Save(stream);
        stream.WriteByte(42);

        stream.Position = 3;
        Assert.AreEqual(Dimension, ModelledEmbedding.Load(stream).Dimension);
        Assert.AreEqual(2, ModelledEmbedding.Load(stream).Dimension);
        Assert.AreEqual(42, stream.ReadByte());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(13)]
    public void Model_may_arrive_a_few_bytes_at_a_time(int bytesAtOnce)
    {
        ModelledEmbedding model = Fit(calibrated: true);
        using var stream = new TricklingStream(Save(model), bytesAtOnce);

        PrecisionAssert.SameBits(model.BasisVectors.Span, ModelledEmbedding.Load(stream).BasisVectors.Span);
    }

    [TestMethod]
    public void Content_cut_short_anywhere_is_rejected()
    {
        byte[] content = Save(Fit(calibrated: true));

        for (int length = 0; length < content.Length; length++)
        {
            Hostile.AssertRejected(content[..length], Read, $"{length} of {content.Length} bytes");
        }
    }

    [TestMethod]
    public void Content_altered_anywhere_is_rejected()
    {
        byte[] content = Save(Fit(calibrated: true));

        for (int i = 0; i < content.Length; i++)
        {
            foreach (byte mask in (byte[])[0x01, 0x10, 0x80, 0xFF])
            {
                byte[] altered = [.. content];
                altered[i] ^= mask;
                Hostile.AssertRejected(altered, Read, $"byte {i} altered by {mask}");
            }
        }
    }

    [TestMethod]
    [DataRow(2, "version 2")]
    [DataRow(0, "version is 0")]
    [DataRow(-1, "version is -1")]
    public void Other_version_is_rejected_by_its_number(int version, string reason) =>
        Assert.Contains(reason, Hostile.AssertRejected(With(VersionOffset, version), Read).Message);

    [TestMethod]
    [DataRow(DimensionOffset, 0)]
    [DataRow(DimensionOffset, int.MinValue)]
    [DataRow(DimensionOffset, int.MaxValue)]
    [DataRow(DimensionOffset, 500_000_000)]
    [DataRow(RankOffset, 0)]
    [DataRow(RankOffset, Dimension + 1)]
    [DataRow(RankOffset, int.MaxValue)]
    public void Impossible_size_is_rejected_without_the_memory(int offset, int value) => Hostile.AssertRejected(With(offset, value), Read);

    [TestMethod]
    public void Other_content_is_rejected_by_its_kind()
    {
        var sums = new EmbeddingAccumulator(3);
        using var stream = new MemoryStream();
        sums.Save(stream);

        Assert.Contains("modelled embedding", Hostile.AssertRejected(stream.ToArray(), Read).Message);
    }

    [TestMethod]
    public void No_stream_is_an_error()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => Fit(calibrated: false).Save(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => ModelledEmbedding.Load(null!));
    }

    private static ModelledEmbedding Fit(bool calibrated)
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, Dimension, 1), Dimension, rank: 4);
        return calibrated ? model.Calibrate(Embeddings.Features(30, Dimension, 3), 21) : model;
    }

    private static byte[] Save(ModelledEmbedding model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static ModelledEmbedding Load(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return ModelledEmbedding.Load(stream);
    }

    private static void Read(Stream stream) => ModelledEmbedding.Load(stream);

    private static byte[] With(int offset, int value)
    {
        byte[] content = Save(Fit(calibrated: true));
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(offset), value);
        return content;
    }
}
