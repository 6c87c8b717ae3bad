using System.Buffers.Binary;
using Dime.MLNet.Tests.Modelling;

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
        ModelledEmbedding model = ModelledEmbedding.Fit(Embeddings.Features(60, Dimension, 1), Dimension, rank: 4);
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
