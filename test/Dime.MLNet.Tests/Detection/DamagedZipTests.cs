using System.Buffers.Binary;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Zips that were cut short, altered or written by a newer version: an exception that says so, whatever the damage.</summary>
[TestClass]
public sealed class DamagedZipTests
{
    private const string Magic = "DIMEMODL";

    // Where the payload of a model with default names has its numbers.
    private const int Version = 8;
    private const int InputNameLength = 13;
    private const int PercentileCount = 96;
    private const int DimensionCount = 100;
    private const int Rank = 104;

    private static readonly Lazy<ModelZip> _zip = new(Create);

    [TestMethod]
    public void Undamaged_zip_is_loaded_also_when_it_was_written_anew()
    {
        byte[] payload = _zip.Value.Payload(Magic);

        Assert.AreEqual(2, _zip.Value.WithPayload(Magic, payload).Load().Embedding.Rank);
        Assert.AreEqual((2, 21, Embeddings.Dimension, 2), (Number(payload, Version), Number(payload, PercentileCount), Number(payload, DimensionCount), Number(payload, Rank)));
    }

    [TestMethod]
    public void Zip_that_was_cut_short_is_refused()
    {
        byte[] bytes = _zip.Value.Bytes;
        for (int length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 60))
        {
            ZipAssert.IsRefused<FormatException>(new ModelZip(bytes[..length]), $"cut at {length}");
        }
    }

    [TestMethod]
    public void Payload_that_was_cut_short_is_refused()
    {
        byte[] payload = _zip.Value.Payload(Magic);
        for (int length = 0; length < payload.Length; length += length < 120 ? 1 : 7)
        {
            ZipAssert.IsRefused<InvalidDataException>(_zip.Value.WithPayload(Magic, payload[..length]), $"cut at {length}");
        }
    }

    [TestMethod]
    public void Payload_with_a_flipped_bit_is_refused()
    {
        byte[] payload = _zip.Value.Payload(Magic);
        for (int i = 0; i < payload.Length; i += i < 120 || i > payload.Length - 40 ? 1 : 5)
        {
            byte[] damaged = [.. payload];
            damaged[i] ^= (byte)(1 << (i % 8));
            ZipAssert.IsRefused<InvalidDataException>(_zip.Value.WithPayload(Magic, damaged), $"bit {i % 8} of byte {i}");
        }
    }

    [TestMethod]
    public void Newer_version_says_to_update_the_package()
    {
        InvalidDataException error = ZipAssert.IsRefused<InvalidDataException>(With((Version, 3)), "version");

        Assert.Contains("version 3", error.Message);
        Assert.Contains("Update the Dime.MLNet package", error.Message);
    }

    [TestMethod]
    [DataRow(Version, 0)]
    [DataRow(Version, -1)]
    [DataRow(InputNameLength, int.MaxValue)]
    [DataRow(InputNameLength, -1)]
    [DataRow(PercentileCount, 1)]
    [DataRow(DimensionCount, int.MaxValue)]
    [DataRow(DimensionCount, 500_000_000)]
    [DataRow(DimensionCount, 0)]
    [DataRow(DimensionCount, -6)]
    [DataRow(Rank, int.MaxValue)]
    [DataRow(Rank, 7)]
    [DataRow(Rank, 0)]
    public void Impossible_numbers_are_refused(int offset, int value) => ZipAssert.IsRefused<InvalidDataException>(With((offset, value)), $"{value}");

    [TestMethod]
    public void Sizes_whose_product_is_absurd_are_refused()
    {
        ZipAssert.IsRefused<InvalidDataException>(With((DimensionCount, 46_000), (Rank, 46_000)), "2 billion values");
        ZipAssert.IsRefused<InvalidDataException>(With((DimensionCount, int.MaxValue), (Rank, int.MaxValue)), "more than an array can have");
    }

    [TestMethod]
    public void Damaged_pooling_stage_is_refused_too()
    {
        const string PoolingMagic = "DIMEPOOL";
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(1), MapSchema());
        var zip = ModelZip.Save(mlContext, mlContext.Transforms.GlobalAveragePool("Features").Fit(data), data.Schema);
        byte[] payload = zip.Payload(PoolingMagic);
        byte[] newer = [.. payload];
        newer[Version] = 9;

        for (int i = 0; i < payload.Length; i++)
        {
            byte[] damaged = [.. payload];
            damaged[i] ^= 0x10;
            ZipAssert.IsRefused<InvalidDataException>(zip.WithPayload(PoolingMagic, damaged), $"byte {i}");
        }

        Assert.Contains("Update the Dime.MLNet package", ZipAssert.IsRefused<InvalidDataException>(zip.WithPayload(PoolingMagic, newer), "version").Message);
    }

    private static ModelZip Create()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(60));
        DimeTransformer model = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, PercentileCount = 21 }).Fit(data);
        return ModelZip.Save(mlContext, model, data.Schema);
    }

    private static SchemaDefinition MapSchema()
    {
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 3);
        return definition;
    }

    private static ModelZip With(params (int Offset, int Value)[] numbers)
    {
        byte[] payload = _zip.Value.Payload(Magic);
        foreach ((int offset, int value) in numbers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(offset), value);
        }

        return _zip.Value.WithPayload(Magic, payload);
    }

    private static int Number(byte[] payload, int offset) => BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(offset));
}
