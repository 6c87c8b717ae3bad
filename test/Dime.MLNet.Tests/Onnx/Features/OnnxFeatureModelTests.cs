using Dime.MLNet.Onnx.Features;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Onnx.Features;

[TestClass]
public sealed class OnnxFeatureModelTests
{
    [TestMethod]
    public void Part_of_the_sample_network_is_smaller_and_computes_the_same()
    {
        const string Name = "/l2/l2.1/Relu_1_output_0";
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        float[] pixels = Inference.Pixels(3 * 32 * 32);

        OnnxFeatureModel part = network.Part([Name]);

        Assert.IsLessThan(network.ToBytes().Length / 5, part.Bytes.Length);
        Assert.AreEqual("image", part.Inputs.Single().Name);
        Assert.AreEqual($"'{Name}' (32×16×16 of Float)", part.Features.Single().ToString());
        CollectionAssert.AreEqual(
            Inference.Run(network.WithOutputs(Name).ToBytes(), "image", pixels, [1, 3, 32, 32], Name),
            Inference.Run(part.Bytes, "image", pixels, [1, 3, 32, 32], Name));
    }

    [TestMethod]
    public void Only_what_the_tensor_needs_is_kept()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("mask", TinyNetwork.Float, null, 2));
        model.Graph.Node.Add(TinyNetwork.Node("Mul", ["y", "mask"], "masked"));
        model.TrainingInfo.Add(new TrainingInfoProto());

        ModelProto part = Load(TinyNetwork.Load(model).Part(["hidden"]));

        CollectionAssert.AreEqual(new[] { "MatMul", "Relu" }, part.Graph.Node.Select(node => node.OpType).ToArray());
        Assert.AreEqual("w", part.Graph.Initializer.Single().Name);
        Assert.AreEqual("x", part.Graph.Input.Single().Name);
        Assert.AreEqual("hidden", part.Graph.Output.Single().Name);
        Assert.IsEmpty(part.TrainingInfo);
    }

    [TestMethod]
    public void Tensors_that_a_branch_reads_from_outside_are_kept()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Initializer.Add(new TensorProto { Name = "yes", DataType = 9, Int32Data = { 1 } });
        NodeProto condition = TinyNetwork.Node("If", ["yes"], "chosen");
        condition.Attribute.Add(Branch("then_branch", "Neg"));
        condition.Attribute.Add(Branch("else_branch", "Abs"));
        model.Graph.Node.Add(condition);
        model.Graph.Node.Add(TinyNetwork.Node("Add", ["chosen", "b"], "last"));

        OnnxFeatureModel part = TinyNetwork.Load(model).Part(["last"]);

        // x·w = (1·1 + 2·3, 1·-2 + 2·4) = (7, 6); negated, plus b.
        CollectionAssert.AreEqual(new[] { 3f, 14f }, Inference.Run(part.Bytes, "x", [1, 2], [1, 2], "last"));

        static AttributeProto Branch(string name, string operatorType) => new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Graph,
            G = new GraphProto
            {
                Name = name,
                Node = { TinyNetwork.Node(operatorType, ["hidden"], $"{name}_result") },
                Output = { TinyNetwork.Value($"{name}_result", TinyNetwork.Float, null, 2) },
            },
        };
    }

    [TestMethod]
    public void Several_tensors_keep_the_union_of_what_they_need()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("mask", TinyNetwork.Float, null, 2));
        model.Graph.Node.Add(TinyNetwork.Node("Mul", ["y", "mask"], "masked"));

        OnnxFeatureModel part = TinyNetwork.Load(model).Part(["y", "product"]);

        CollectionAssert.AreEqual(new[] { "y", "product" }, part.Features.Select(feature => feature.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "x" }, part.Inputs.Select(input => input.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "MatMul", "Relu", "Add" }, Load(part).Graph.Node.Select(node => node.OpType).ToArray());
        CollectionAssert.AreEquivalent(new[] { "y", "product" }, Load(part).Graph.Output.Select(output => output.Name).ToArray());
    }

    [TestMethod]
    public void Batch_that_is_fixed_anywhere_is_fixed()
    {
        Assert.IsNull(TinyNetwork.Load(TinyNetwork.Create()).Part(["hidden"]).FixedBatch);
        Assert.AreEqual(5, TinyNetwork.Load(WithBatch(5)).Part(["hidden"]).FixedBatch);
        ModelProto traced = TinyNetwork.Create();
        traced.Graph.ValueInfo.Add(TinyNetwork.Value("hidden", TinyNetwork.Float, 1, 2));
        Assert.AreEqual(1, TinyNetwork.Load(traced).Part(["hidden"]).FixedBatch);
    }

    [TestMethod]
    public void Tensor_without_the_batch_is_refused()
    {
        ModelProto model = WithBatch(5);
        model.Graph.ValueInfo.Add(TinyNetwork.Value("hidden", TinyNetwork.Float, 3, 2));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => TinyNetwork.Load(model).Part(["hidden"]));

        Assert.Contains("'x' 5, 'hidden' 3", error.Message);
    }

    private static ModelProto WithBatch(int rows)
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, rows, 2);
        return model;
    }

    private static ModelProto Load(OnnxFeatureModel part) => ModelProto.Parser.ParseFrom(part.Bytes);
}
