using Dime.MLNet.Onnx;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Onnx;

[TestClass]
public sealed class OnnxFeatureModelTests
{
    [TestMethod]
    public void Part_of_the_sample_network_is_smaller_and_computes_the_same()
    {
        const string Name = "/l2/l2.1/Relu_1_output_0";
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        var pixels = Inference.Pixels(3 * 32 * 32);

        var part = OnnxFeatureModel.Extract(network, Name);

        Assert.IsLessThan(network.ToBytes().Length / 5, part.ToBytes().Length);
        Assert.AreEqual("image", part.Inputs.Single().Name);
        Assert.AreEqual($"{Name}: Relu, Float [N, 32, 16, 16]", part.Feature.ToString());
        CollectionAssert.AreEqual(
            Inference.Run(network.WithOutputs(Name).ToBytes(), "image", pixels, [1, 3, 32, 32], Name),
            Inference.Run(part.ToBytes("pixels", "Features"), "pixels", pixels, [1, 3, 32, 32], "Features"));
    }

    [TestMethod]
    public void Only_what_the_tensor_needs_is_kept()
    {
        var model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("mask", TinyNetwork.Float, null, 2));
        model.Graph.Node.Add(TinyNetwork.Node("Mul", ["y", "mask"], "masked"));
        model.TrainingInfo.Add(new TrainingInfoProto());

        var part = Load(OnnxFeatureModel.Extract(TinyNetwork.Load(model), "hidden"));

        CollectionAssert.AreEqual(new[] { "MatMul", "Relu" }, part.Graph.Node.Select(node => node.OpType).ToArray());
        Assert.AreEqual("w", part.Graph.Initializer.Single().Name);
        Assert.AreEqual("x", part.Graph.Input.Single().Name);
        Assert.AreEqual("hidden", part.Graph.Output.Single().Name);
        Assert.IsEmpty(part.TrainingInfo);
    }

    [TestMethod]
    public void Tensors_that_a_branch_reads_from_outside_are_kept_and_renamed()
    {
        var model = TinyNetwork.Create();
        model.Graph.Initializer.Add(new TensorProto { Name = "yes", DataType = 9, Int32Data = { 1 } });
        var condition = TinyNetwork.Node("If", ["yes"], "chosen");
        condition.Attribute.Add(Branch("then_branch", "Neg"));
        condition.Attribute.Add(Branch("else_branch", "Abs"));
        model.Graph.Node.Add(condition);
        model.Graph.Node.Add(TinyNetwork.Node("Add", ["chosen", "b"], "last"));

        var part = OnnxFeatureModel.Extract(TinyNetwork.Load(model), "last");

        // x·w = (1·1 + 2·3, 1·-2 + 2·4) = (7, 6); negated, plus b.
        CollectionAssert.AreEqual(new[] { 3f, 14f }, Inference.Run(part.ToBytes("hidden", "b"), "hidden", [1, 2], [1, 2], "b"));

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

    private static ModelProto Load(OnnxFeatureModel part) => ModelProto.Parser.ParseFrom(part.ToBytes());
}
