using System.Buffers.Binary;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Fixtures;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>Zips of a feature stage that were damaged, or sealed by someone who means harm.</summary>
[TestClass]
public sealed class DamagedFeatureZipTests
{
    private const string Magic = "DIMEONNX";
    private const int Version = 8;
    private const int ColumnCount = 12;
    private const int ColumnNameLength = 17;

    private static readonly Lazy<ModelZip> _zip = new(Create);

    [TestMethod]
    public void Sealed_payload_as_this_test_writes_it_is_loaded()
    {
        byte[] written = Payload(TinyNetwork.Create());
        using var stream = new MemoryStream(_zip.Value.WithPayload(Magic, written).Bytes);

        using var model = (OnnxFeatureTransformer)new MLContext().Model.Load(stream, out _);

        Assert.AreEqual("y", model.TensorNames.Single());
        Assert.AreEqual(4, model.BatchSize);
        CollectionAssert.AreEqual(_zip.Value.Payload(Magic).Take(40).ToArray(), written.Take(40).ToArray());
    }

    [TestMethod]
    public void Payload_that_was_cut_short_is_refused()
    {
        byte[] payload = _zip.Value.Payload(Magic);
        for (int length = 0; length < payload.Length; length += length < 80 ? 1 : 7)
        {
            Refusal(payload[..length], $"cut at {length}");
        }
    }

    [TestMethod]
    public void Payload_with_a_flipped_bit_is_refused()
    {
        byte[] payload = _zip.Value.Payload(Magic);
        for (int i = 0; i < payload.Length; i += i < 80 || i > payload.Length - 40 ? 1 : 3)
        {
            byte[] damaged = [.. payload];
            damaged[i] ^= (byte)(1 << (i % 8));
            Refusal(damaged, $"bit {i % 8} of byte {i}");
        }
    }

    [TestMethod]
    [DataRow(Version, 0)]
    [DataRow(ColumnCount, 0)]
    [DataRow(ColumnCount, -1)]
    [DataRow(ColumnCount, int.MaxValue)]
    [DataRow(ColumnNameLength, int.MaxValue)]
    public void Impossible_numbers_are_refused(int offset, int value)
    {
        byte[] payload = _zip.Value.Payload(Magic);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(offset), value);

        Refusal(payload, $"{value} at {offset}");
    }

    [TestMethod]
    public void Newer_version_says_to_update_the_package()
    {
        byte[] payload = _zip.Value.Payload(Magic);
        payload[Version] = 4;

        Assert.Contains("Update the Dime.MLNet package", Refusal(payload, "version"));
    }

    [TestMethod]
    public void Sealed_names_that_the_network_lacks_are_refused()
    {
        Assert.Contains("the outputs 'y' for the tensors 'hidden'", Refusal(Payload(TinyNetwork.Create(), tensors: ["hidden"])));
        Assert.Contains("depend on no input 'z'", Refusal(Payload(TinyNetwork.Create(), inputs: ["z"])));
        Assert.Contains("a column is named twice", Refusal(Payload(TinyNetwork.Create(), inputs: ["x", "x"], inputColumns: ["A", "A"])));
        Assert.Contains("a tensor is named twice", Refusal(Payload(TinyNetwork.Create(), tensors: ["y", "y"], outputColumns: ["A", "B"])));
    }

    [TestMethod]
    [DataRow(int.MaxValue, 0, 0, "more than an array can hold")]
    [DataRow(-1, 0, 0, "setting is -1")]
    [DataRow(0, 100_000, 0, "asks for 100000 threads")]
    [DataRow(0, 0, int.MaxValue, "threads")]
    public void Sealed_settings_that_no_machine_can_meet_are_refused(int batch, int intraOp, int interOp, string reason) =>
        Assert.Contains(reason, Refusal(Payload(TinyNetwork.Create(), batch: batch, intraOp: intraOp, interOp: interOp)));

    [TestMethod]
    [DataRow(-1, "its pooling of tokens is -1")]
    [DataRow(0, "its pooling of tokens is 0")]
    [DataRow(3, "its pooling of tokens is 3")]
    [DataRow(1, "no tensor has any")]
    public void Sealed_pooling_of_tokens_that_is_none_or_applies_to_none_is_refused(int pooling, string reason) =>
        Assert.Contains(reason, Refusal(Payload(TinyNetwork.Create(), tokenPooling: pooling)));

    [TestMethod]
    public void Sealed_network_that_is_none_is_refused()
    {
        Refusal(Payload(new ModelProto()), "empty");
        Refusal(Payload("not a network"u8.ToArray(), ["x"], ["Features"], ["y"], ["Result"], 0, 0, 0), "text");

        Altered(model => model.Graph.Node[0].OpType = "NoSuchOperator", "NoSuchOperator");
        Altered(model => model.Graph.Node[0].Input[0] = "hidden", "");
        Altered(model => model.Graph.Output.Add(model.Graph.Output[0]), "the outputs 'y', 'y' for the tensors 'y'");
        Altered(model => model.Graph.Initializer[0].Dims[0] = long.MaxValue, "");
        Altered(model => model.Graph.Output[0].Type = TinyNetwork.Value("y", TinyNetwork.Int64, null, 2).Type, "tensor of Int64", statesTypes: true);
        Altered(model => model.Graph.Output[0].Type = TinyNetwork.Value("y", TinyNetwork.Float, null, int.MaxValue).Type, "too large", statesTypes: true);
        Altered(model => model.Graph.Output[0].Type = TinyNetwork.Value("y", TinyNetwork.Float, 7, 2).Type, "different numbers of rows", statesTypes: true);
        Altered(model => model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External, "keeps weights outside");

        static void Altered(Action<ModelProto> alter, string reason, bool statesTypes = false)
        {
            ModelProto model = TinyNetwork.Create();
            if (!statesTypes)
            {
                // ONNX Runtime is then asked for them while the zip is loaded.
                model.Graph.Output[0].Type = null;
            }

            alter(model);
            Assert.Contains(reason, Refusal(Payload(model)));
        }
    }

    [TestMethod]
    public void Sealed_network_that_only_its_session_can_tell_is_bad_is_an_error_when_it_is_read()
    {
        ModelProto unknown = TinyNetwork.Create(), wider = TinyNetwork.Create();
        unknown.Graph.Node[0].OpType = "NoSuchOperator";
        wider.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 1);

        Assert.HasCount(3, Read(TinyNetwork.Create()));
        Assert.ThrowsExactly<InvalidDataException>(() => Read(unknown));

        // ONNX Runtime does not write beyond the memory that it is given.
        Assert.Throws<InvalidOperationException>(() => Read(wider));

        static float[][] Read(ModelProto network)
        {
            using var stream = new MemoryStream(_zip.Value.WithPayload(Magic, Payload(network)).Bytes);
            var mlContext = new MLContext();
            using var model = (OnnxFeatureTransformer)mlContext.Model.Load(stream, out _);
            return [.. model.Transform(mlContext.Data.LoadFromEnumerable(Enumerable.Repeat(new Row { Features = [1, 2] }, 3))).GetColumn<float[]>("Result")];
        }
    }

    private static ModelZip Create()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.WriteAllBytes(file, TinyNetwork.Create().ToByteArray());
        try
        {
            var mlContext = new MLContext(seed: 1);
            IDataView data = mlContext.Data.LoadFromEnumerable(Array.Empty<Row>());
            var options = new OnnxFeatureOptions { ModelFile = file, InputColumnNames = ["Features"], TensorNames = ["y"], OutputColumnNames = ["Result"], BatchSize = 4 };
            using OnnxFeatureTransformer model = mlContext.Transforms.ExtractOnnxFeatures(options).Fit(data);
            return ModelZip.Save(mlContext, model, data.Schema);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Payload(
        ModelProto network,
        string[]? inputs = null,
        string[]? inputColumns = null,
        string[]? tensors = null,
        string[]? outputColumns = null,
        int batch = 4,
        int intraOp = 0,
        int interOp = 0,
        int? tokenPooling = null) =>
        Payload(network.ToByteArray(), inputs ?? ["x"], inputColumns ?? ["Features"], tensors ?? ["y"], outputColumns ?? ["Result"], batch, intraOp, interOp, tokenPooling);

    // The format, written independently of the code under test.
    private static byte[] Payload(
        byte[] network, string[] inputs, string[] inputColumns, string[] tensors, string[] outputColumns, int batch, int intraOp, int interOp, int? tokenPooling = null)
    {
        using var stream = new MemoryStream();
        using var writer = new SealedWriter(stream, "DIMEONNX"u8, tokenPooling is null ? 1 : 2);
        foreach ((string[] columns, string[] names) in new[] { (inputColumns, inputs), (outputColumns, tensors) })
        {
            writer.Write(columns.Length);
            foreach ((string column, string name) in columns.Zip(names))
            {
                writer.Write(column);
                writer.Write(name);
            }
        }

        writer.Write(true);
        if (tokenPooling is { } pooling)
        {
            writer.Write(pooling);
        }

        writer.Write(batch);
        writer.Write(intraOp);
        writer.Write(interOp);
        writer.Write(network.Length);
        writer.Write(network.AsSpan());
        writer.Seal();
        return stream.ToArray();
    }

    private static string Refusal(byte[] payload, string damage = "sealed")
    {
        InvalidDataException error = ZipAssert.IsRefused<InvalidDataException>(_zip.Value.WithPayload(Magic, payload), damage);
        Assert.AreSame(error, error.GetBaseException());
        return error.Message;
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
