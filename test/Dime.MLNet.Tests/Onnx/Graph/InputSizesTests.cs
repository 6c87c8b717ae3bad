using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Onnx.Monitoring;

namespace Dime.MLNet.Tests.Onnx.Graph;

/// <summary>Sizes that a network leaves open, fixed.</summary>
[TestClass]
public sealed class InputSizesTests
{
    [TestMethod]
    public void Fixed_sizes_give_fixed_maps_that_can_be_planned()
    {
        OnnxGraph any = Network(null, null), same = Network(16, 16);
        Assert.AreEqual("N x any x any", string.Join(" x ", any.Inputs[0].Shape!.Where((_, i) => i != 1).Select((size, i) => i == 0 ? "N" : size.Symbol)));

        OnnxGraph sized = any.WithInputSizes("x", 3, 16, 16);

        Assert.AreEqual(same.SuggestMonitoring(), sized.SuggestMonitoring());
        Assert.AreNotEqual(same.SuggestMonitoring(), any.SuggestMonitoring());
        Assert.IsFalse(any.Inputs[0].Shape![2].IsFixed);
        float[] pixels = Inference.Pixels(3 * 16 * 16, seed: 4);
        CollectionAssert.AreEqual(
            Inference.Run(any.ToBytes(), "x", pixels, [1, 3, 16, 16], "logits"), Inference.Run(sized.ToBytes(), "x", pixels, [1, 3, 16, 16], "logits"));
    }

    [TestMethod]
    public void Sizes_that_do_not_go_with_the_input_are_refused()
    {
        OnnxGraph any = Network(null, null);

        Assert.Contains("Did you mean 'x'?", Assert.ThrowsExactly<ArgumentException>(() => any.WithInputSizes("X", 3, 16, 16)).Message);
        Assert.Contains("[N, 3, any, any]", Assert.ThrowsExactly<ArgumentException>(() => any.WithInputSizes("x", 1, 16, 16)).Message);
        Assert.AreEqual("sizes", Assert.ThrowsExactly<ArgumentException>(() => any.WithInputSizes("x", 16, 16)).ParamName);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => any.WithInputSizes("x", 3, 0, 16));
        Assert.ThrowsExactly<ArgumentException>(() => Network(16, 16).WithInputSizes("x", 3, 8, 8));
    }

    private static OnnxGraph Network(int? height, int? width)
    {
        var network = new LayeredNetwork(null, 3, height, width);
        foreach (TensorShapeProto.Types.Dimension size in network.Graph.Input[0].Type.TensorType.Shape.Dim.Where(size => !size.HasDimValue))
        {
            size.DimParam = size == network.Graph.Input[0].Type.TensorType.Shape.Dim[0] ? "N" : "any";
        }

        network.Node("Flatten", [network.Node("GlobalAveragePool", [network.Halved(network.ConvRelu("x", 3, 6, "map"), "half")], "pooled")], "flat");
        network.Gemm("flat", 6, 5, "logits");

        // As an export states it, for any size.
        network.Graph.ValueInfo.Add(new ValueInfoProto { Name = "map", Type = TinyNetwork.Value("map", TinyNetwork.Float, null, 6, height, width).Type });
        return network.With("logits");
    }
}
