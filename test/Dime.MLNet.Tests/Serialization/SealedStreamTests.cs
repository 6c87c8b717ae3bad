using System.Security.Cryptography;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Serialization;

[TestClass]
public sealed class SealedStreamTests
{
    private static ReadOnlySpan<byte> Magic => "TESTFILE"u8;

    [TestMethod]
    public void Every_kind_of_value_comes_back()
    {
        byte[] content = Write(writer =>
        {
            writer.Write(int.MinValue);
            writer.Write(long.MaxValue);
            writer.Write(-0.1);
            writer.Write(double.NaN);
            writer.Write(true);
            writer.Write(false);
            writer.Write("Größe 木");
            writer.Write("");
            writer.Write((string?)null);
            writer.Write(new float[] { 1.5f, float.NegativeInfinity, -0f });
            writer.Write(new double[] { Math.PI });
            writer.Write(ReadOnlySpan<float>.Empty);
            writer.Seal();
        });

        Read(content, reader =>
        {
            Assert.AreEqual(int.MinValue, reader.ReadInt32());
            Assert.AreEqual(long.MaxValue, reader.ReadInt64());
            Assert.AreEqual(-0.1, reader.ReadDouble());
            Assert.AreEqual(double.NaN, reader.ReadDouble());
            Assert.IsTrue(reader.ReadBoolean());
            Assert.IsFalse(reader.ReadBoolean());
            Assert.AreEqual("Größe 木", reader.ReadString());
            Assert.AreEqual("", reader.ReadString());
            Assert.IsNull(reader.ReadString());
            PrecisionAssert.SameBits([1.5f, float.NegativeInfinity, -0f], reader.ReadSingles(3));
            CollectionAssert.AreEqual(new[] { Math.PI }, reader.ReadDoubles(1));
            Assert.IsEmpty(reader.ReadSingles(0));
            reader.CheckSeal();
        });
    }

    [TestMethod]
    public void Layout_is_magic_version_little_endian_values_and_a_hash()
    {
        byte[] content = Write(writer =>
        {
            writer.Write(0x01020304);
            writer.Seal();
        });

        Assert.HasCount(8 + 4 + 4 + 32, content);
        CollectionAssert.AreEqual("TESTFILE"u8.ToArray(), content[..8]);
        CollectionAssert.AreEqual(new byte[] { 3, 0, 0, 0, 4, 3, 2, 1 }, content[8..16]);
        CollectionAssert.AreEqual(System.Security.Cryptography.SHA256.HashData(content[..16]), content[16..]);
    }

    [TestMethod]
    [DataRow(262_143)]
    [DataRow(262_144)]
    [DataRow(262_145)]
    [DataRow(1_000_000)]
    public void Arrays_longer_than_a_chunk_come_back(int count)
    {
        float[] values = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        byte[] content = Write(writer =>
        {
            writer.Write(values);
            writer.Write(77);
            writer.Seal();
        });

        Read(content, reader =>
        {
            CollectionAssert.AreEqual(values, reader.ReadSingles(count));
            Assert.AreEqual(77, reader.ReadInt32());
            reader.CheckSeal();
        });
    }

    // Longer than the blocks that are hashed beside the rest, in pieces of all sizes.
    [TestMethod]
    [DataRow(3_000, 1)]
    [DataRow((1 << 20) - 12, 2)]
    [DataRow(1 << 20, 3)]
    [DataRow(5_000_000, 4)]
    public void Seal_is_the_SHA256_of_all_before_it_however_it_was_written(int length, int seed)
    {
        var random = new Random(seed);
        byte[] values = new byte[length];
        random.NextBytes(values);
        byte[] content = Write(writer =>
        {
            ReadOnlySpan<byte> left = values;
            while (!left.IsEmpty)
            {
                int piece = Math.Min(left.Length, random.Next(random.Next(2) == 0 ? 40 : 3_000_000));
                writer.Write(left[..piece]);
                left = left[piece..];
            }

            writer.Seal();
        });

        CollectionAssert.AreEqual(SHA256.HashData(content.AsSpan(0, content.Length - SHA256.HashSizeInBytes)), content[^SHA256.HashSizeInBytes..]);
        Read(content, reader =>
        {
            CollectionAssert.AreEqual(values, reader.ReadBytes(length));
            reader.CheckSeal();
        });
        content[length / 2] ^= 1;
        Read(content, reader =>
        {
            reader.ReadBytes(length);
            Assert.Contains("altered", Assert.ThrowsExactly<InvalidDataException>(() => reader.CheckSeal()).Message);
        });
    }

    [TestMethod]
    public void Older_versions_are_read()
    {
        Read(Write(writer => writer.Seal(), version: 1), reader => reader.CheckSeal());
    }

    [TestMethod]
    public void A_newer_version_is_rejected_with_both_numbers()
    {
        byte[] content = Write(writer => writer.Seal(), version: 4);

        string message = Hostile.AssertRejected(content, Open).Message;

        StringAssert.Contains(message, "4", StringComparison.Ordinal);
        StringAssert.Contains(message, "3", StringComparison.Ordinal);
        StringAssert.Contains(message, "test file", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_flag_that_is_neither_0_nor_1_is_rejected()
    {
        AssertRejected([2], reader => reader.ReadBoolean(), "2");
    }

    [TestMethod]
    public void A_negative_count_is_rejected_by_its_name_and_value()
    {
        AssertRejected(BitConverter.GetBytes(-7), reader => reader.ReadCount("number of percentiles"), "number of percentiles", "-7");
    }

    [TestMethod]
    public void A_count_below_the_minimum_is_rejected_by_its_name_and_value()
    {
        AssertRejected(BitConverter.GetBytes(1), reader => reader.ReadCount("number of percentiles", minimum: 2), "number of percentiles", "1");
    }

    [TestMethod]
    public void A_string_of_negative_length_is_rejected()
    {
        AssertRejected([1, .. BitConverter.GetBytes(-1)], reader => reader.ReadString(), "-1");
    }

    [TestMethod]
    public void A_string_longer_than_the_file_is_rejected_without_the_memory()
    {
        AssertRejected([1, .. BitConverter.GetBytes(int.MaxValue - 100), 65, 66], reader => reader.ReadString());
    }

    [TestMethod]
    [DataRow(100L)]
    [DataRow(2_000_000_000L)]
    [DataRow(4_000_000_000_000L)]
    [DataRow(long.MaxValue)]
    public void An_array_longer_than_the_file_is_rejected_without_the_memory(long count)
    {
        AssertRejected(new byte[50], reader => reader.ReadSingles(count));
        AssertRejected(new byte[50], reader => reader.ReadDoubles(count));
    }

    [TestMethod]
    [DataRow(-1L)]
    [DataRow(int.MaxValue + 1L)]
    public void An_array_that_cannot_be_is_told_from_one_that_is_cut_short(long count)
    {
        AssertRejected(new byte[50], reader => reader.ReadBytes(count), $"it claims an array of {count} values");
        AssertRejected(new byte[50], reader => reader.ReadBytes(51 + 1), "it ends too early");
    }

    [TestMethod]
    public void A_text_must_be_UTF8_and_a_name_must_be_there()
    {
        AssertRejected([1, 2, 0, 0, 0, 0xC3, 0x28], reader => reader.ReadString(), "a text in it is no UTF-8");
        AssertRejected([0], reader => reader.ReadName(), "a name is missing");
    }

    [TestMethod]
    public void Content_of_another_kind_is_told_from_damage()
    {
        byte[] content = [.. "DIMEOTHR"u8, 3, 0, 0, 0];

        Assert.AreEqual("This is not a valid test file: it does not start as one does.", Hostile.AssertRejected(content, Open).Message);
    }

    [TestMethod]
    public void A_missing_seal_is_rejected()
    {
        byte[] content = Write(writer => writer.Write(1));

        Hostile.AssertRejected(content, stream => ReadSealed(stream, reader => reader.ReadInt32()));
    }

    [TestMethod]
    public void Content_that_was_not_read_breaks_the_seal()
    {
        byte[] content = Write(writer =>
        {
            writer.Write(new double[20]);
            writer.Seal();
        });

        Hostile.AssertRejected(content, stream => ReadSealed(stream, reader => reader.ReadDoubles(19)));
    }

    [TestMethod]
    public void Disposing_leaves_the_stream_open_just_behind_the_seal()
    {
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, Magic, 3))
        {
            writer.Write(5);
            writer.Seal();
        }

        stream.WriteByte(42);
        stream.Position = 0;
        ReadSealed(stream, reader => reader.ReadInt32());

        Assert.AreEqual(42, stream.ReadByte());
    }

    private static byte[] Write(Action<SealedWriter> write, int version = 3)
    {
        using var stream = new MemoryStream();
        using var writer = new SealedWriter(stream, Magic, version);
        write(writer);
        return stream.ToArray();
    }

    private static void Read(byte[] content, Action<SealedReader> read)
    {
        using var stream = new MemoryStream(content);
        using var reader = new SealedReader(stream, Magic, newestVersion: 3, "test file");
        read(reader);
    }

    private static void Open(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, newestVersion: 3, "test file");
    }

    private static void ReadSealed(Stream stream, Action<SealedReader> read)
    {
        using var reader = new SealedReader(stream, Magic, newestVersion: 3, "test file");
        read(reader);
        reader.CheckSeal();
    }

    private static void AssertRejected(byte[] body, Action<SealedReader> read, params string[] named)
    {
        byte[] content = [.. Magic, 3, 0, 0, 0, .. body];

        string message = Hostile.AssertRejected(content, stream => ReadSealed(stream, read)).Message;

        foreach (string part in (string[])["test file", .. named])
        {
            StringAssert.Contains(message, part, StringComparison.Ordinal);
        }
    }
}
