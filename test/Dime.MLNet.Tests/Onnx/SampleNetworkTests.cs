using System.Security.Cryptography;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Onnx;

[TestClass]
public sealed class SampleNetworkTests
{
    private const string SecondStage = "/l2/l2.1/Relu_1_output_0";
    private static readonly long[] _batchShape = [3, 3, 32, 32];

    [TestMethod]
    [DataRow("/l1/l1.1/Relu_1_output_0", 16, 32, 32)]
    [DataRow("/l2/l2.1/Relu_1_output_0", 32, 16, 16)]
    [DataRow("/l3/l3.1/Relu_1_output_0", 64, 8, 8)]
    [DataRow("/l4/l4.1/Relu_1_output_0", 128, 4, 4)]
    public void Feature_maps_are_listed_with_type_and_shape(string name, int channels, int height, int width)
    {
        OnnxTensorInfo tensor = OnnxGraph.Load(ProjectFiles.SampleNetwork).Tensors.Single(tensor => tensor.Name == name);

        Assert.AreEqual("Relu", tensor.OperatorType);
        Assert.AreEqual(OnnxElementType.Float, tensor.ElementType);
        Assert.AreEqual($"{name}: Relu, Float [N, {channels}, {height}, {width}]", tensor.ToString());
        Assert.IsFalse(tensor.IsInput);
        Assert.IsFalse(tensor.IsOutput);
    }

    [TestMethod]
    public void Input_comes_first_output_last_and_no_weight_between()
    {
        var graph = OnnxGraph.Load(ProjectFiles.SampleNetwork);

        Assert.AreEqual("image: input, Float [N, 3, 32, 32]", graph.Tensors[0].ToString());
        Assert.AreEqual("logits: Gemm, Float [N, 10]", graph.Tensors[^1].ToString());
        // 52 operators, of which one is a Constant, and the input.
        Assert.HasCount(51, graph.Tensors);
        Assert.AreEqual("image", graph.Inputs.Single().Name);
        Assert.AreEqual("logits", graph.Outputs.Single().Name);
    }

    [TestMethod]
    public void Exposed_tensor_is_computed_and_the_logits_are_the_same_to_the_bit()
    {
        float[] pixels = Inference.Pixels(3 * 3 * 32 * 32);
        OnnxGraph exposed = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SecondStage);

        float[] feature = Inference.Run(exposed.ToBytes(), "image", pixels, _batchShape, SecondStage);
        Assert.HasCount(3 * 32 * 16 * 16, feature);
        Assert.IsTrue(feature.Any(value => value > 0) && feature.All(value => value >= 0));
        CollectionAssert.AreEqual(
            Inference.Run(File.ReadAllBytes(ProjectFiles.SampleNetwork), "image", pixels, _batchShape, "logits"),
            Inference.Run(exposed.ToBytes(), "image", pixels, _batchShape, "logits"));
    }

    [TestMethod]
    public void Exposed_output_states_type_and_shape_and_keeps_the_batch_symbolic()
    {
        OnnxGraph exposed = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SecondStage);

        CollectionAssert.AreEqual(new[] { "logits", SecondStage }, exposed.Outputs.Select(output => output.Name).ToArray());
        TypeProto.Types.Tensor type = exposed.CopyModel().Graph.Output[1].Type.TensorType;
        Assert.AreEqual(TinyNetwork.Float, type.ElemType);
        Assert.AreEqual("N", type.Shape.Dim[0].DimParam);
        CollectionAssert.AreEqual(new long[] { 32, 16, 16 }, type.Shape.Dim.Skip(1).Select(dimension => dimension.DimValue).ToArray());
    }

    [TestMethod]
    public void Loading_exposing_and_saving_elsewhere_leave_the_file_alone()
    {
        byte[] before = SHA256.HashData(File.ReadAllBytes(ProjectFiles.SampleNetwork));
        string copy = Path.GetTempFileName();
        try
        {
            var graph = OnnxGraph.Load(ProjectFiles.SampleNetwork);
            graph.WithOutputs(SecondStage).Save(copy);

            Assert.HasCount(2, OnnxGraph.Load(copy).Outputs);
            Assert.HasCount(1, graph.Outputs);
            CollectionAssert.AreEqual(before, SHA256.HashData(File.ReadAllBytes(ProjectFiles.SampleNetwork)));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [TestMethod]
    public void Reading_and_writing_gives_the_same_bytes() =>
        CollectionAssert.AreEqual(File.ReadAllBytes(ProjectFiles.SampleNetwork), OnnxGraph.Load(ProjectFiles.SampleNetwork).ToBytes());

    [TestMethod]
    public void Unknown_tensor_is_an_error_that_lists_near_matches()
    {
        var graph = OnnxGraph.Load(ProjectFiles.SampleNetwork);

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => graph.WithOutputs("l2/l2.1/relu_1_output0"));

        StringAssert.Contains(exception.Message, $"Did you mean '{SecondStage}'", StringComparison.Ordinal);
    }
}
