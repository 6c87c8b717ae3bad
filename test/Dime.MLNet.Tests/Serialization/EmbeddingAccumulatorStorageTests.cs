using System.Buffers.Binary;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Serialization;

[TestClass]
public sealed class EmbeddingAccumulatorStorageTests
{
    private const int VersionOffset = 8;
    private const int DimensionOffset = 12;

    private static ReadOnlySpan<byte> Magic => "DIMESUMS"u8;

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(17)]
    [DataRow(520)]
    public void Sums_come_back_as_they_were(int dimension)
    {
        EmbeddingAccumulator sums = Sums(dimension);

        EmbeddingAccumulator loaded = Load(Save(sums));

        Assert.AreEqual(dimension, loaded.Dimension);
        Assert.AreEqual(sums.Count, loaded.Count);
        Assert.AreEqual(sums.SkippedCount, loaded.SkippedCount);
        Assert.AreEqual(sums.TotalWeight, loaded.TotalWeight);
        CollectionAssert.AreEqual(sums.Moment.Sum.ToArray(), loaded.Moment.Sum.ToArray());
        CollectionAssert.AreEqual(SameModels.MatrixOf(sums), SameModels.MatrixOf(loaded));
    }

    [TestMethod]
    public void Loaded_sums_fit_to_the_same_bits()
    {
        EmbeddingAccumulator sums = Sums(30);
        float[] rows = Embeddings.Features(100, 30, 2);

        ModelledEmbedding expected = sums.Fit(rank: 5);
        ModelledEmbedding actual = Load(Save(sums)).Fit(rank: 5);

        PrecisionAssert.SameBits(expected.BasisVectors.Span, actual.BasisVectors.Span);
        PrecisionAssert.SameBits(expected.DistanceToHyperplane(rows), actual.DistanceToHyperplane(rows));
        PrecisionAssert.SameBits(expected.DistanceWithinHyperplane(rows), actual.DistanceWithinHyperplane(rows));
    }

    [TestMethod]
    public void Sums_of_normalised_embeddings_come_back_as_such()
    {
        var sums = new EmbeddingAccumulator(12, normalize: true);
        sums.Add(Embeddings.Features(50, 12, 1));
        float[] rows = Embeddings.Features(30, 12, 2);

        EmbeddingAccumulator loaded = Load(Save(sums));

        Assert.IsTrue(loaded.Normalizes);
        CollectionAssert.AreEqual(SameModels.MatrixOf(sums), SameModels.MatrixOf(loaded));
        PrecisionAssert.SameBits(sums.Fit(rank: 3).DistanceToHyperplane(rows), loaded.Fit(rank: 3).DistanceToHyperplane(rows));
    }

    [TestMethod]
    public void Sums_of_embeddings_as_they_are_keep_the_first_version()
    {
        Assert.AreEqual(1, BinaryPrimitives.ReadInt32LittleEndian(Save(Sums(3)).AsSpan(VersionOffset)));
        Assert.IsFalse(Load(Save(Sums(3))).Normalizes);
    }

    [TestMethod]
    public void Loaded_sums_take_more_rows()
    {
        float[] rows = Embeddings.Features(100, 12, 2);
        EmbeddingAccumulator sums = Sums(12);
        EmbeddingAccumulator loaded = Load(Save(sums));

        loaded.Add(rows);
        loaded.Merge(sums);
        sums.Merge(sums);
        sums.Add(rows);

        Assert.AreEqual(sums.Count, loaded.Count);
        SameModels.Sums(sums, loaded);
    }

    [TestMethod]
    public void Empty_sums_come_back_empty()
    {
        EmbeddingAccumulator loaded = Load(Save(new EmbeddingAccumulator(4)));

        Assert.AreEqual(0, loaded.Count);
        Assert.ThrowsExactly<InvalidOperationException>(() => loaded.Fit());
    }

    [TestMethod]
    public void Size_is_about_4_bytes_for_each_value_or_each_of_the_P_squared_products()
    {
        EmbeddingAccumulator sums = Sums(200);
        Assert.AreEqual(4 * 22 * 200, Save(sums).Length, 200);

        sums.Add(Embeddings.Gaussian(1000, 200, 3));
        Assert.AreEqual(4 * 200 * 200, Save(sums).Length, 8 * 200 * 2);
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void Rows_come_back_as_rows_and_go_on_as_they_would_have(bool weighted, bool normalize)
    {
        float[] rows = Embeddings.Features(25, 40, 1);
        var sums = new EmbeddingAccumulator(40, normalize);
        sums.Add(rows);
        if (weighted)
        {
            sums.Add(rows.AsSpan(..80), [0.1f, 2]);
        }

        EmbeddingAccumulator loaded = Load(Save(sums));

        Assert.IsNotNull(loaded.Rows);
        Assert.AreEqual(normalize, loaded.Normalizes);
        for (int more = 0; more < 2; more++)
        {
            Assert.AreEqual(sums.Count, loaded.Count);
            Assert.AreEqual(sums.TotalWeight, loaded.TotalWeight);
            PrecisionAssert.SameBits(sums.Fit(rank: 5).BasisVectors.Span, loaded.Fit(rank: 5).BasisVectors.Span);
            PrecisionAssert.SameBits(sums.Fit(rank: 5).DistanceWithinHyperplane(rows), loaded.Fit(rank: 5).DistanceWithinHyperplane(rows));
            CollectionAssert.AreEqual(SameModels.MatrixOf(sums), SameModels.MatrixOf(loaded));

            // With these the rows become sums.
            sums.Add(rows);
            loaded.Add(rows);
        }

        Assert.IsNull(loaded.Rows);
    }

    [TestMethod]
    public void Sums_of_few_rows_from_the_first_version_stay_sums_and_merge_with_rows()
    {
        float[] rows = Embeddings.Features(6, 9, 1);
        EmbeddingAccumulator kept = new(9), all = new(9);
        kept.Add(rows.AsSpan(..27));
        all.Add(rows);
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, Magic, 1))
        {
            writer.Write(9);
            writer.Write(3L);
            writer.Write(0L);
            writer.Write(3.0);
            var others = new EmbeddingAccumulator(9);
            others.Add(rows.AsSpan(27..));
            writer.Write(others.Moment.Sum);
            for (int i = 0; i < 9; i++)
            {
                writer.Write(others.Moment.UpperRow(i));
            }

            writer.Seal();
        }

        EmbeddingAccumulator loaded = Load(stream.ToArray());
        Assert.IsNull(loaded.Rows);
        kept.Merge(loaded);
        loaded.Merge(all);

        SameModels.Sums(all, kept);
        SameModels.Distances(all.Fit(0.9), kept.Fit(0.9), rows);
        Assert.AreEqual(9, loaded.Count);
    }

    [TestMethod]
    public void Content_of_rows_cut_short_or_altered_anywhere_is_rejected()
    {
        var sums = new EmbeddingAccumulator(5);
        sums.Add([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 0.5f]);
        byte[] content = Save(sums);

        for (int i = 0; i < content.Length; i++)
        {
            Hostile.AssertRejected(content[..i], Load, $"{i} of {content.Length} bytes");
            byte[] altered = [.. content];
            altered[i] ^= 0x41;
            Hostile.AssertRejected(altered, Load, $"byte {i} altered");
        }
    }

    [TestMethod]
    [DataRow(5L, 1f, 1f)]
    [DataRow(-1L, 1f, 1f)]
    [DataRow(2L, float.NaN, 1f)]
    [DataRow(2L, 1f, -1f)]
    [DataRow(2L, 1f, float.PositiveInfinity)]
    public void Rows_that_none_can_be_are_rejected(long count, float value, float weight)
    {
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, Magic, 3))
        {
            writer.Write(false);
            writer.Write(5);
            writer.Write(count);
            writer.Write(0L);
            writer.Write(true);
            for (long i = 0; i < count; i++)
            {
                writer.Write(new[] { value, 1, 1, 1, 1 });
                writer.Write(new[] { weight });
            }

            writer.Seal();
        }

        Hostile.AssertRejected(stream.ToArray(), Load);
    }

    [TestMethod]
    public void Streams_are_left_open_just_behind_the_sums()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        Sums(3).Save(stream);
        Sums(5).Save(stream);
        stream.WriteByte(42);

        stream.Position = 3;
        Assert.AreEqual(3, EmbeddingAccumulator.Load(stream).Dimension);
        Assert.AreEqual(5, EmbeddingAccumulator.Load(stream).Dimension);
        Assert.AreEqual(42, stream.ReadByte());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(13)]
    public void Sums_may_arrive_a_few_bytes_at_a_time(int bytesAtOnce)
    {
        EmbeddingAccumulator sums = Sums(9);
        using var stream = new TricklingStream(Save(sums), bytesAtOnce);

        CollectionAssert.AreEqual(SameModels.MatrixOf(sums), SameModels.MatrixOf(EmbeddingAccumulator.Load(stream)));
    }

    [TestMethod]
    public void Content_cut_short_anywhere_is_rejected()
    {
        byte[] content = Save(Sums(3));

        for (int length = 0; length < content.Length; length++)
        {
            Hostile.AssertRejected(content[..length], Load, $"{length} of {content.Length} bytes");
        }
    }

    [TestMethod]
    public void Content_altered_anywhere_is_rejected()
    {
        byte[] content = Save(Sums(3));

        for (int i = 0; i < content.Length; i++)
        {
            foreach (byte mask in (byte[])[0x01, 0x10, 0x80, 0xFF])
            {
                byte[] altered = [.. content];
                altered[i] ^= mask;
                Hostile.AssertRejected(altered, Load, $"byte {i} altered by {mask}");
            }
        }
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(1000)]
    public void A_newer_version_is_rejected_by_its_number(int version)
    {
        byte[] content = WithInt32(Save(Sums(3)), VersionOffset, version);

        string message = Hostile.AssertRejected(content, Load).Message;

        StringAssert.Contains(message, $"{version}", StringComparison.Ordinal);
        StringAssert.Contains(message, "Update", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(int.MinValue)]
    public void A_version_that_never_was_is_rejected_by_its_number(int version)
    {
        StringAssert.Contains(
            Hostile.AssertRejected(WithInt32(Save(Sums(3)), VersionOffset, version), Load).Message, $"{version}", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Other_content_is_rejected_by_its_kind()
    {
        byte[] zip = [0x50, 0x4B, 0x03, 0x04, .. new byte[100]];

        StringAssert.Contains(Hostile.AssertRejected(zip, Load).Message, "sums", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(int.MinValue)]
    public void An_impossible_dimension_is_rejected_by_its_number(int dimension)
    {
        byte[] content = WithInt32(Save(Sums(3)), DimensionOffset, dimension);

        StringAssert.Contains(Hostile.AssertRejected(content, Load).Message, $"{dimension}", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(2_000_000_000)]
    [DataRow(int.MaxValue)]
    [DataRow(70_000)]
    [DataRow(4)]
    public void A_small_file_that_claims_a_large_dimension_is_rejected_without_the_memory(int dimension)
    {
        byte[] content = WithInt32(Save(Sums(3)), DimensionOffset, dimension)[..100];

        Hostile.AssertRejected(content, Load);
    }

    [TestMethod]
    public void A_dimension_whose_square_is_beyond_any_array_is_rejected_without_the_memory()
    {
        // The 70 000 sums are there, so only the claim of 2.45 billion products is left to stop at.
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, Magic, 1))
        {
            writer.Write(70_000);
            writer.Write(1L);
            writer.Write(0L);
            writer.Write(1.0);
            writer.Write(new double[70_000]);
            writer.Seal();
        }

        Hostile.AssertRejected(stream.ToArray(), Load);
    }

    [TestMethod]
    public void No_stream_is_an_error()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => new EmbeddingAccumulator(2).Save(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => EmbeddingAccumulator.Load(null!));
    }

    private static EmbeddingAccumulator Sums(int dimension)
    {
        var sums = new EmbeddingAccumulator(dimension);
        sums.Add(Embeddings.Gaussian(20, dimension, 1));
        sums.Add(Embeddings.Gaussian(2, dimension, 2), [0.25f, 3]);
        sums.Add([.. Enumerable.Repeat(float.NaN, dimension)]);
        return sums;
    }

    private static byte[] Save(EmbeddingAccumulator sums)
    {
        using var stream = new MemoryStream();
        sums.Save(stream);
        return stream.ToArray();
    }

    private static EmbeddingAccumulator Load(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return EmbeddingAccumulator.Load(stream);
    }

    private static void Load(Stream stream) => EmbeddingAccumulator.Load(stream);

    private static byte[] WithInt32(byte[] content, int offset, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(offset), value);
        return content;
    }
}
