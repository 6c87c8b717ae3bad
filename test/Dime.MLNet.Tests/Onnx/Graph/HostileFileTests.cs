using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Serialization;
using Google.Protobuf;

namespace Dime.MLNet.Tests.Onnx.Graph;

[TestClass]
public sealed class HostileFileTests
{
    [TestMethod]
    public void Missing_file_stays_a_missing_file() =>
        Assert.ThrowsExactly<FileNotFoundException>(() => OnnxGraph.Load(Path.Combine(AppContext.BaseDirectory, "no-such.onnx")));

    [TestMethod]
    public void Another_kind_of_file_is_named_in_the_error()
    {
        InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => OnnxGraph.Load(ProjectFiles.SampleImages));

        StringAssert.Contains(exception.Message, $"'{ProjectFiles.SampleImages}' is not an ONNX model: ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Empty_file_and_text_and_noise_are_not_models()
    {
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);

        foreach (byte[]? bytes in new[] { [], noise, "hello"u8.ToArray(), new byte[100], "\x08\x07"u8.ToArray() })
        {
            AssertRefused(bytes);
        }
    }

    [TestMethod]
    public void File_cut_off_anywhere_is_refused()
    {
        byte[] tiny = TinyNetwork.Create().ToByteArray();
        for (int length = 0; length < tiny.Length; length++)
        {
            AssertRefused(tiny[..length]);
        }

        byte[] real = File.ReadAllBytes(ProjectFiles.SampleNetwork);
        foreach (int length in new[] { 1, 10, 1000, real.Length / 2, real.Length - 100, real.Length - 3, real.Length - 1 })
        {
            AssertRefused(real[..length]);
        }
    }

    [TestMethod]
    [DataRow(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00 }, DisplayName = "a graph of 2 GB")]
    [DataRow(new byte[] { 0x12, 0xF0, 0xFF, 0xFF, 0xFF, 0x07, 0x41 }, DisplayName = "a name of 2 GB")]
    [DataRow(new byte[] { 0x3A, 0x0A, 0x2A, 0x08, 0x22, 0xF0, 0xFF, 0xFF, 0x7F, 0x00, 0x00, 0x00 }, DisplayName = "a weight of 64 million packed floats")]
    public void Huge_declared_size_allocates_nothing_like_it(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(bytes);

        Assert.IsLessThan(1_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Deep_nesting_is_refused_before_the_stack_overflows()
    {
        var attribute = new AttributeProto { Name = "body" };
        for (int depth = 0; depth < 100; depth++)
        {
            var graph = new GraphProto { Node = { new NodeProto { OpType = "If", Attribute = { attribute } } } };
            attribute = new AttributeProto { Name = "body", G = graph };
        }

        ModelProto model = TinyNetwork.Create();
        model.Graph.Node[0].Attribute.Add(attribute);

        AssertRefused(model.ToByteArray());
    }

    [TestMethod]
    public void Cycles_are_refused_and_other_orders_of_the_operators_are_not()
    {
        ModelProto direct = TinyNetwork.Create();
        direct.Graph.Node[0].Input[0] = "product";
        ModelProto around = TinyNetwork.Create();
        around.Graph.Node[0].Input[0] = "y";
        ModelProto reversed = TinyNetwork.Create();
        reversed.Graph.Node.Clear();
        reversed.Graph.Node.Add(TinyNetwork.Create().Graph.Node.Reverse());

        foreach (ModelProto? model in new[] { direct, around })
        {
            InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => TinyNetwork.Load(model));
            StringAssert.Contains(exception.Message, "form a cycle, which 'product' waits for", StringComparison.Ordinal);
        }

        Assert.HasCount(4, TinyNetwork.Load(reversed).Tensors);
    }

    [TestMethod]
    public void Chain_of_a_hundred_thousand_operators_is_walked_without_recursion()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Node.Clear();
        for (int i = 0; i < 100_000; i++)
        {
            model.Graph.Node.Add(TinyNetwork.Node("Neg", [i == 0 ? "x" : $"t{i}"], i == 99_999 ? "y" : $"t{i + 1}"));
        }

        ModelProto part = model.Clone();
        Subgraph.KeepOnly(part, "y");

        Assert.HasCount(100_000, TinyNetwork.Load(model).CopyModel().Graph.Node);
        Assert.HasCount(100_000, part.Graph.Node);
    }

    [TestMethod]
    public void Altered_files_give_a_model_or_a_clear_error()
    {
        byte[] original = TinyNetwork.Create().ToByteArray();
        var random = new Random(5);
        for (int round = 0; round < 5000; round++)
        {
            byte[] bytes = Hostile.Altered(original, random);

            try
            {
                IEnumerable<string> names = OnnxGraph.Load(new MemoryStream(bytes)).CopyModel().Graph.Node.Select(node => node.OpType);
                Assert.IsNotEmpty(names);
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
            {
                Assert.AreNotEqual("", exception.Message);
            }
        }
    }

    [TestMethod]
    public void Weights_in_another_file_are_refused_wherever_they_are()
    {
        var external = new TensorProto
        {
            Name = "w",
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData = { new StringStringEntryProto { Key = "location", Value = "weights.bin" } },
        };
        ModelProto inGraph = TinyNetwork.Create();
        inGraph.Graph.Initializer[0] = external;
        ModelProto inConstant = TinyNetwork.Create();
        inConstant.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "value", T = external });
        ModelProto inBranch = TinyNetwork.Create();
        inBranch.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", G = new GraphProto { Initializer = { external } } });
        ModelProto inFunction = TinyNetwork.Create();
        inFunction.Functions.Add(new FunctionProto { Node = { inConstant.Graph.Node[0] } });

        foreach (ModelProto? model in new[] { inGraph, inConstant, inBranch, inFunction })
        {
            NotSupportedException exception = Assert.ThrowsExactly<NotSupportedException>(() => TinyNetwork.Load(model));
            StringAssert.Contains(exception.Message, "those of 'w' are in 'weights.bin'", StringComparison.Ordinal);
        }
    }

    private static void AssertRefused(byte[] bytes)
    {
        InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => OnnxGraph.Load(new MemoryStream(bytes)));
        StringAssert.Contains(exception.Message, "is not an ONNX model: ", StringComparison.Ordinal);
    }
}
