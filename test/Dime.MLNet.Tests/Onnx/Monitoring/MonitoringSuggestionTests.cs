using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Onnx.Monitoring;

/// <summary>What is chosen of networks of many kinds, against what a reader of the network would choose.</summary>
[TestClass]
public sealed class MonitoringSuggestionTests
{
    [TestMethod]
    public void Sample_network_gives_its_stages_last_embedding_and_logits()
    {
        MonitoringPlan plan = OnnxGraph.Load(ProjectFiles.SampleNetwork).SuggestMonitoring();

        AreTensors(
            plan,
            "early /l1/l1.1/Relu_1_output_0 16 Positions", "early /l2/l2.1/Relu_1_output_0 32 Positions", "early /l3/l3.1/Relu_1_output_0 64 Positions",
            "last /ReduceMean_output_0 128 None", "logits logits 10 None");
        AreScores(
            plan,
            "0.5 × ClassMahalanobis(/l1/l1.1/Relu_1_output_0)", "0.5 × ClassMahalanobis(/l2/l2.1/Relu_1_output_0)", "0.5 × ClassMahalanobis(/l3/l3.1/Relu_1_output_0)",
            "RelativeMahalanobis(/ReduceMean_output_0, normalized)", "Energy(logits)");
        Assert.AreEqual("logits", plan.LogitsColumnName);
        Assert.IsEmpty(plan.Remarks);
        Assert.AreEqual(TokenPooling.None, plan.TokenPooling);
        plan.Validate();
    }

    [TestMethod]
    public void Flattened_map_is_the_last_embedding_as_a_map()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string second = network.ConvRelu(network.Halved(network.ConvRelu("x", 3, 4, "a"), "a2"), 4, 6, "b");
        network.Gemm(network.Node("Flatten", [network.Halved(second, "map")], "flat"), 96, 5, "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        AreTensors(plan, "early a 4 Positions", "early b 6 Positions", "last map 6 Positions", "logits logits 5 None");
        AreScores(plan, "0.75 × ClassMahalanobis(a)", "0.75 × ClassMahalanobis(b)", "RelativeMahalanobis(map, normalized)", "Energy(logits)");
    }

    [TestMethod]
    public void Residual_network_gives_the_sum_after_its_activation_and_the_logits_before_softmax()
    {
        LayeredNetwork network = Residual(out string pooled);
        network.Node("Softmax", [network.Gemm(pooled, 16, 7, "fc")], "probabilities");

        MonitoringPlan plan = network.With("probabilities").SuggestMonitoring();

        // Of the 8×8 maps the last is chosen; 4×4 is what the last embedding is pooled from.
        AreTensors(plan, "early stem 4 Positions", "early stage1 8 Positions", "last flat 16 None", "logits fc 7 None");
        Assert.Contains("before Softmax", plan.Tensors[^1].Reason);
        Assert.Contains("16×16 positions", plan.Tensors[0].Reason);
    }

    [TestMethod]
    [DataRow("Sigmoid")]
    [DataRow("LogSoftmax")]
    [DataRow("ArgMax")]
    public void Product_with_a_bias_after_it_gives_logits_with_the_bias(string last)
    {
        LayeredNetwork network = Residual(out string pooled);
        network.Node(last, [network.Node("Add", [network.Weight(7), network.MatMul(pooled, 16, 7, "product")], "biased")], "y", ("axis", 1));
        if (last == "Sigmoid")
        {
            network.Graph.Node[^1].Attribute.Clear();
        }

        AreTensors(network.With("y").SuggestMonitoring(), "early stem 4 Positions", "early stage1 8 Positions", "last flat 16 None", "logits biased 7 None");
    }

    [TestMethod]
    public void Of_several_outputs_the_one_with_classes_is_taken_and_named()
    {
        LayeredNetwork network = Residual(out string pooled);
        network.Gemm(pooled, 16, 4, "box");
        network.Node("Softmax", [network.Gemm(pooled, 16, 7, "fc")], "kind");
        network.Node("Identity", [pooled], "features");

        MonitoringPlan plan = network.With("features", "box", "kind").SuggestMonitoring();

        Assert.AreEqual("fc", plan.LogitsColumnName);
        Assert.AreEqual("The output 'kind' was taken for the classes; 'box' would do as well.", plan.Remarks.Single());
    }

    [TestMethod]
    public void Featurizer_is_measured_without_logits_and_by_class_where_there_are_classes()
    {
        var network = new LayeredNetwork(1, 3, 16, 16);
        string map = network.ConvRelu(network.ConvRelu(network.ConvRelu("x", 3, 4, "a"), 4, 6, "b", stride: 2), 6, 8, "c", stride: 2);
        network.Node("AveragePool", [map], "pooled", ("kernel_shape", new[] { 4, 4 }));
        OnnxGraph graph = network.Opset(8).With("pooled");

        MonitoringPlan plan = graph.SuggestMonitoring(), byClass = graph.SuggestMonitoring(hasClasses: true);

        AreTensors(plan, "early a 4 Positions", "early b 6 Positions", "last pooled 8 Positions");
        AreScores(plan, "0.75 × Mahalanobis(a)", "0.75 × Mahalanobis(b)", "Mahalanobis(pooled, normalized)", "FeatureNorm(pooled)");
        AreScores(byClass, "0.75 × ClassMahalanobis(a)", "0.75 × ClassMahalanobis(b)", "RelativeMahalanobis(pooled, normalized)", "FeatureNorm(pooled)");
        Assert.IsNull(plan.LogitsColumnName);
        Assert.Contains("no logits", plan.Remarks.Single());
        CollectionAssert.AreEqual(plan.Tensors.ToArray(), byClass.Tensors.ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Embedding_is_taken_before_it_is_brought_to_length_one(bool isOneOperator)
    {
        LayeredNetwork network = Residual(out string pooled);
        string embedding = network.Node("Relu", [network.Gemm(pooled, 16, 12, "projected")], "embedding");
        if (isOneOperator)
        {
            network.Node("LpNormalization", [embedding], "unit", ("axis", 1), ("p", 2));
        }
        else
        {
            string norm = network.Node("ReduceL2", [embedding], "norm", ("axes", new[] { 1 }));
            network.Node("Div", [embedding, network.Node("Clip", [norm, network.Weight()], "clipped")], "unit");
        }

        MonitoringPlan plan = network.With("unit").SuggestMonitoring();

        Assert.AreEqual("embedding", plan.Tensors[^1].Name);
        Assert.Contains("length one", plan.Tensors[^1].Reason);
    }

    [TestMethod]
    public void Activations_of_several_operators_end_in_their_product()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string input = network.Node("Div", [network.Node("Sub", ["x", network.Weight(3, 1, 1)], "centred"), network.Weight(3, 1, 1)], "standardized");
        string swish = network.Conv(input, 3, 4, "a_conv");
        network.Node("Mul", [swish, network.Node("Sigmoid", [swish], "a_gate")], "a");
        string hard = network.Conv("a", 4, 6, "b_conv", stride: 2);
        network.Node("Mul", [network.Node("HardSigmoid", [hard], "b_gate"), hard], "b");
        string gelu = network.Conv("b", 6, 8, "c_conv", stride: 2);
        string erf = network.Node("Add", [network.Node("Erf", [network.Node("Div", [gelu, network.Weight()], "c_scaled")], "c_erf"), network.Weight()], "c_shifted");
        network.Node("Mul", [network.Node("Mul", [gelu, erf], "c_product"), network.Weight()], "c");
        string map = network.ConvRelu("c", 8, 8, "d", stride: 2);
        network.Gemm(network.Node("Flatten", [network.Node("GlobalAveragePool", [map], "pooled")], "flat"), 8, 3, "logits");

        AreTensors(
            network.With("logits").SuggestMonitoring(), "early a 4 Positions", "early b 6 Positions", "early c 8 Positions", "last flat 8 None", "logits logits 3 None");
    }

    [TestMethod]
    public void Gates_of_channels_and_what_comes_before_any_weights_are_not_early()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        network.Node("Mul", ["x", network.Weight(3, 1, 1)], "scaled");
        string squeezed = network.ConvRelu(network.Node("GlobalAveragePool", [network.ConvRelu(network.Halved("scaled", "half"), 3, 4, "map")], "means"), 4, 4, "squeezed");
        network.Node("Mul", ["map", network.Node("Sigmoid", [squeezed], "gate")], "gated");
        string last = network.ConvRelu("gated", 4, 8, "last", stride: 2);
        network.Gemm(network.Node("Flatten", [network.Node("GlobalAveragePool", [last], "pooled")], "flat"), 8, 3, "logits");

        // 16×16 has no activation behind weights; 1×1 is no map.
        AreTensors(network.With("logits").SuggestMonitoring(), "early gated 4 Positions", "last flat 8 None", "logits logits 3 None");
    }

    [TestMethod]
    public void At_most_the_latest_four_sizes_are_early_and_weights_of_constants_are_weights()
    {
        var network = new LayeredNetwork(null, 3, 128, 128);
        string map = "x";
        for (int stage = 1; stage <= 7; stage++)
        {
            // A kernel that the file computes, as an unfolded export does.
            string kernel = network.Node("Identity", [network.Weight(4, stage == 1 ? 3 : 4, 3, 3)], $"kernel{stage}");
            network.Node("Conv", [map, kernel], $"conv{stage}", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }));
            map = network.Node("BatchNormalization", [$"conv{stage}", .. Enumerable.Range(0, 4).Select(_ => network.Weight(4))], $"stage{stage}");
        }

        network.Gemm(network.Node("Flatten", [map], "flat"), 4, 3, "logits");

        // From 64×64 to 1×1, the last embedding made of 2×2; without activations, normalisations end a stage.
        AreTensors(
            network.With("logits").SuggestMonitoring(),
            "early stage2 4 Positions", "early stage3 4 Positions", "early stage4 4 Positions", "early stage5 4 Positions", "last flat 4 None", "logits logits 3 None");
    }

    [TestMethod]
    [DataRow(true, true, "y")]
    [DataRow(false, true, "class_scores")]
    [DataRow(false, false, "y")]
    public void Last_convolution_before_the_mean_is_a_last_layer_if_it_gives_classes(bool softmax, bool relu, string output)
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string map = network.ConvRelu(network.ConvRelu("x", 3, 4, "a"), 4, 6, "b", stride: 2);
        string scores = network.Conv(map, 6, 5, "scores", kernel: 1);
        string mean = network.Node("GlobalAveragePool", [relu ? network.Node("Relu", [scores], "clipped") : scores], softmax ? "mean" : "mean_map");
        string flat = network.Node("Flatten", [mean], softmax ? "flat" : output);
        if (softmax)
        {
            network.Node("Softmax", [flat], output);
        }

        AreTensors(network.With(output).SuggestMonitoring(), "early a 4 Positions", "last b 6 Positions", $"logits {flat} 5 None");
    }

    [TestMethod]
    public void Backbone_that_ends_in_a_convolution_an_activation_and_the_mean_has_no_logits()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string map = network.Node("Relu", [network.Conv(network.ConvRelu("x", 3, 4, "a", stride: 2), 4, 12, "wide", kernel: 1, stride: 2)], "clipped");
        network.Node("Flatten", [network.Node("GlobalAveragePool", [map], "mean")], "features");

        AreTensors(network.With("features").SuggestMonitoring(), "early a 4 Positions", "last features 12 None");
    }

    [TestMethod]
    public void Convolution_of_a_single_position_is_a_last_layer_too()
    {
        LayeredNetwork network = Residual(out _);
        network.Conv("means", 16, 7, "scores", kernel: 1);

        AreTensors(network.With("scores").SuggestMonitoring(), "early stem 4 Positions", "early stage1 8 Positions", "last means 16 Positions", "logits scores 7 Positions");
    }

    [TestMethod]
    public void Perceptron_has_no_early_tensors_and_says_so()
    {
        var network = new LayeredNetwork(null, 6);
        network.Gemm(network.Node("Relu", [network.Gemm(network.Node("Relu", [network.Gemm("x", 6, 9, "g1")], "r1"), 9, 8, "g2")], "r2"), 8, 3, "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        AreTensors(plan, "last r2 8 None", "logits logits 3 None");
        AreScores(plan, "RelativeMahalanobis(r2, normalized)", "Energy(logits)");
        Assert.Contains("no early tensors", plan.Remarks.Single());
    }

    [TestMethod]
    public void Regression_of_one_value_is_measured_at_what_it_is_made_of()
    {
        LayeredNetwork network = Residual(out string pooled);
        network.Gemm(pooled, 16, 1, "price");

        MonitoringPlan plan = network.With("price").SuggestMonitoring();

        AreTensors(plan, "early stem 4 Positions", "early stage1 8 Positions", "last flat 16 None");
        Assert.Contains("'price' is not N×K", plan.Remarks.Single());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Network_of_which_nothing_fits_is_an_error_that_says_what_was_looked_for(int count)
    {
        var network = new LayeredNetwork(null, 6);
        network.Gemm("x", 6, count, "price");

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => network.With("price").SuggestMonitoring());

        Assert.Contains("Looked for", error.Message);
        Assert.Contains($"price: Gemm, Float [N, {count}]", error.Message);
        Assert.Contains("OnnxFeatureOptions.TensorNames", error.Message);
    }

    /// <summary>ONNX Runtime refuses that, but is not asked where a file has the shapes of all tensors.</summary>
    [TestMethod]
    [DataRow("Unsqueeze")]
    [DataRow("Gather")]
    [DataRow("Transpose")]
    [DataRow("Reshape")]
    [DataRow("Flatten")]
    public void Operator_of_nothing_that_gives_the_input_is_passed_over(string type)
    {
        var network = new LayeredNetwork(null, 3, 8, 8);
        network.Node(type, [], "x");
        network.Node("GlobalAveragePool", [network.ConvRelu("x", 3, 4, "map")], "mean");
        network.Gemm(network.Node("Flatten", ["mean"], "flat"), 4, 10, "logits");
        foreach ((string name, int?[] sizes) in new (string, int?[])[] { ("map_conv", [null, 4, 8, 8]), ("map", [null, 4, 8, 8]), ("mean", [null, 4, 1, 1]), ("flat", [null, 4]), ("logits", [null, 10]) })
        {
            network.Graph.ValueInfo.Add(TinyNetwork.Value(name, TinyNetwork.Float, sizes));
        }

        AreTensors(network.With("logits").SuggestMonitoring(), "last flat 4 None", "logits logits 10 None");
    }

    [TestMethod]
    public void Channels_last_are_turned_around_or_left_out()
    {
        // As a converter leaves a network of channels last: turned around before each convolution, and back.
        var network = new LayeredNetwork(null, 16, 16, 3);
        string first = network.ConvRelu(network.Node("Transpose", ["x"], "x_first", ("perm", new[] { 0, 3, 1, 2 })), 3, 4, "a");
        string last = network.Node("Relu", [network.Node("Transpose", [first], "a_last", ("perm", new[] { 0, 2, 3, 1 }))], "a_relu");
        string map = network.ConvRelu(network.Node("Transpose", [last], "a_again", ("perm", new[] { 0, 3, 1, 2 })), 4, 8, "b", stride: 2);
        string turned = network.Node("Transpose", [map], "b_last", ("perm", new[] { 0, 2, 3, 1 }));
        network.Node("Softmax", [network.MatMul(network.Node("Reshape", [turned, network.Integers(-1, 512)], "flat"), 512, 3, "logits")], "y");

        AreTensors(network.With("y").SuggestMonitoring(), "early a 4 Positions", "last b 8 Positions", "logits logits 3 None");
    }

    [TestMethod]
    public void Maps_of_one_dimension_are_maps_and_not_tokens()
    {
        var network = new LayeredNetwork(null, 2, 32);
        string first = network.Node("Relu", [network.Node("Conv", ["x", network.Weight(4, 2, 3)], "a_conv", ("pads", new[] { 1, 1 }))], "a");
        string wider = network.Node("Relu", [network.Node("Conv", [first, network.Weight(6, 4, 3)], "b_conv", ("strides", new[] { 2 }), ("pads", new[] { 1, 1 }))], "b");
        string again = network.Node("Conv", [wider, network.Weight(6, 6, 3)], "c_conv", ("pads", new[] { 1, 1 }));
        string last = network.Node("Conv", [network.Node("Add", [again, wider], "sum"), network.Weight(8, 6, 3)], "d", ("strides", new[] { 2 }), ("pads", new[] { 1, 1 }));
        network.Gemm(network.Node("Flatten", [network.Node("GlobalAveragePool", [last], "mean")], "flat"), 8, 3, "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        AreTensors(plan, "early a 4 Positions", "early sum 6 Positions", "last flat 8 None", "logits logits 3 None");
        Assert.AreEqual(TokenPooling.None, plan.TokenPooling);
    }

    [TestMethod]
    public void Maps_of_a_size_that_is_not_fixed_are_left_out()
    {
        var network = new LayeredNetwork(null, 3, null, null);
        string last = network.ConvRelu(network.ConvRelu("x", 3, 4, "a"), 4, 8, "b", stride: 2);
        network.Gemm(network.Node("Flatten", [network.Node("GlobalAveragePool", [last], "mean")], "flat"), 8, 3, "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        AreTensors(plan, "last flat 8 None", "logits logits 3 None");
        Assert.Contains("of fixed size", plan.Remarks.Single());
    }

    [TestMethod]
    public void Flattening_whose_size_the_network_computes_is_seen_through()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string map = network.ConvRelu(network.ConvRelu("x", 3, 4, "a"), 4, 8, "b", stride: 2);
        string rows = network.Node("Gather", [network.Node("Shape", [map], "shape"), network.Integers(0)], "rows");
        string sizes = network.Node("Concat", [rows, network.Integers(-1)], "sizes", ("axis", 0));
        network.Gemm(network.Node("Reshape", [map, sizes], "flat"), 512, 3, "logits");

        AreTensors(network.With("logits").SuggestMonitoring(), "early a 4 Positions", "last b 8 Positions", "logits logits 3 None");
    }

    [TestMethod]
    public void Quantized_weights_and_values_are_seen_through()
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string map = network.ConvRelu(Quantized(network.ConvRelu("x", 3, 4, "a")), 4, 8, "b", stride: 2);
        string mean = Quantized(network.Node("GlobalAveragePool", [map], "mean"));
        string weights = network.Node("Transpose", [Quantized(network.Weight(3, 8))], "turned");
        network.Node("Gemm", [network.Node("Flatten", [mean], "flat"), weights], "product");
        network.Node("Softmax", [Quantized("product")], "y");

        MonitoringPlan plan = network.With("y").SuggestMonitoring();

        AreTensors(plan, "early a 4 Positions", "last flat 8 None", "logits product_real 3 None");

        string Quantized(string tensor)
        {
            string scale = network.Weight();
            network.Node("QuantizeLinear", [tensor, scale], tensor + "_whole");
            return network.Node("DequantizeLinear", [tensor + "_whole", scale], tensor + "_real");
        }
    }

    [TestMethod]
    public void Detectors_in_the_network_change_nothing()
    {
        var graph = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        float[] rows = [.. Enumerable.Range(0, 40 * 16).Select(i => MathF.Sin(i * i))];
        OnnxGraph fused = graph.Fuse(ModelledEmbedding.Fit(rows, 16, rank: 3).Calibrate(rows, 20).ToOnnx(), "/l1/l1.1/Relu_1_output_0");

        Assert.AreEqual(graph.SuggestMonitoring(), fused.SuggestMonitoring());
    }

    internal static void AreTensors(MonitoringPlan plan, params string[] expected) => Assert.AreEqual(
        string.Join('\n', expected),
        string.Join('\n', plan.Tensors.Select(tensor =>
            $"{(tensor.Role == MonitoredTensorRole.LastEmbedding ? "last" : tensor.Role == MonitoredTensorRole.Early ? "early" : "logits")} {tensor.Name} {tensor.Dimension} {tensor.Pooling}")));

    internal static void AreScores(MonitoringPlan plan, params string[] expected) => Assert.AreEqual(string.Join('\n', expected), string.Join('\n', plan.Scores));

    /// <summary>A stem of 16×16, two residual blocks of 8×8, one convolution of 4×4 and its mean, 16 values.</summary>
    private static LayeredNetwork Residual(out string pooled)
    {
        var network = new LayeredNetwork(null, 3, 16, 16);
        string stem = network.ConvRelu("x", 3, 4, "stem");
        string inner = network.Conv(network.ConvRelu(stem, 4, 8, "inner", stride: 2), 8, 8, "inner2");
        network.Node("Relu", [network.Node("Add", [inner, network.Conv(stem, 4, 8, "shortcut", kernel: 1, stride: 2)], "sum")], "stage1");
        string last = network.ConvRelu("stage1", 8, 16, "stage2", stride: 2);
        pooled = network.Node("Flatten", [network.Node("GlobalAveragePool", [last], "means")], "flat");
        return network;
    }
}
