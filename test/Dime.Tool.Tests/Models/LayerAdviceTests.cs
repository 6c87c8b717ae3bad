using Dime.MLNet;
using Dime.Tool.Models;

namespace Dime.Tool.Tests.Models;

[TestClass]
public sealed class LayerAdviceTests
{
    [TestMethod]
    public void The_last_activation_of_the_stage_in_the_middle_is_recommended()
    {
        MonitoredLayer[] layers =
        [
            Map("a", "Conv", 32), Map("b", "Relu", 32), Map("c", "Relu", 32),
            Map("d", "Conv", 16), Map("e", "Relu", 16), Map("f", "Relu", 16),
            Map("g", "Conv", 8), Map("h", "Relu", 8),
        ];

        Assert.AreEqual("f", LayerAdvice.Recommend(layers)!.Name);
        Assert.AreEqual("c", LayerAdvice.Recommend(layers[..6])!.Name);
    }

    [TestMethod]
    public void Gates_of_one_position_are_no_stage()
    {
        MonitoredLayer[] layers = [Map("a", "Relu", 1), Map("b", "Relu", 16), Map("c", "Mul", 1), Map("d", "Relu", 8), Map("e", "Relu", 4)];

        Assert.AreEqual("d", LayerAdvice.Recommend(layers)!.Name);
    }

    [TestMethod]
    public void What_the_network_hands_out_is_not_recommended()
    {
        MonitoredLayer[] layers = [Map("a", "Relu", 16), Map("b", "Relu", 16) with { IsOutput = true }];

        Assert.AreEqual("a", LayerAdvice.Recommend(layers)!.Name);
    }

    [TestMethod]
    public void Without_feature_maps_the_activation_in_the_middle_is_recommended()
    {
        MonitoredLayer[] layers = [.. "abc".Select(name => new MonitoredLayer($"{name}", "Relu", "N x 8", 8, [], EmbeddingPooling.None, IsOutput: false))];

        Assert.AreEqual("b", LayerAdvice.Recommend(layers)!.Name);
    }

    [TestMethod]
    public void Nothing_is_recommended_where_there_are_no_activations()
    {
        Assert.IsNull(LayerAdvice.Recommend([]));
        Assert.IsNull(LayerAdvice.Recommend([Map("a", "Conv", 16)]));
    }

    [TestMethod]
    public void Weights_of_attention_are_no_stage()
    {
        MonitoredLayer[] layers = [Map("a", "Mul", 16) with { Pooling = null }, Map("b", "Relu", 8)];

        Assert.AreEqual("b", LayerAdvice.Recommend(layers)!.Name);
        Assert.IsNull(LayerAdvice.Recommend(layers[..1]));
    }

    [TestMethod]
    public void Of_a_transformer_the_sum_in_the_middle_of_its_depth_is_recommended()
    {
        MonitoredLayer[] layers =
        [
            Tokens("patches", 64), Tokens("a", 16), Tokens("b", 16) with { Operator = "Gelu" }, Tokens("c", 16), Tokens("d", 16), Tokens("e", 1),
        ];

        Assert.AreEqual("c", LayerAdvice.Recommend(layers)!.Name);
    }

    private static MonitoredLayer Tokens(string name, long count) =>
        new(name, "Add", $"N x {count} x 8", 8, [count], EmbeddingPooling.MeanToken, IsOutput: false);

    private static MonitoredLayer Map(string name, string operatorType, long size) =>
        new(name, operatorType, $"N x 8 x {size} x {size}", 8, [size, size], EmbeddingPooling.Positions, IsOutput: false);
}
