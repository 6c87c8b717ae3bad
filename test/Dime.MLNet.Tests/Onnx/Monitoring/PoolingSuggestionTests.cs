using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Monitoring;

/// <summary>Whether tensors are rows, maps or tokens, where their shapes do not tell.</summary>
[TestClass]
public sealed class PoolingSuggestionTests
{
    [TestMethod]
    public void Pooling_is_told_by_what_made_the_tensor()
    {
        var network = LayeredNetwork.Transformer(hasClassToken: false);
        OnnxGraph graph = network.With("normalized");

        Assert.AreEqual(EmbeddingPooling.Positions, graph.PoolingOf("patches"));
        Assert.AreEqual(EmbeddingPooling.Positions, graph.PoolingOf("flat"));
        Assert.AreEqual(EmbeddingPooling.MeanToken, graph.PoolingOf("tokens"));
        Assert.AreEqual(EmbeddingPooling.MeanToken, graph.PoolingOf("block2"));
        Assert.IsNull(graph.PoolingOf("block2_weights"));
        Assert.IsNull(graph.PoolingOf("x"));
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => graph.PoolingOf("blok2"));
        Assert.Contains("'block2'", error.Message);
        Assert.AreEqual(EmbeddingPooling.None, OnnxGraph.Load(ProjectFiles.SampleNetwork).PoolingOf("logits"));
    }

    [TestMethod]
    public void Single_token_beside_maps_is_taken_as_it_was_before()
    {
        var network = new LayeredNetwork(null, 3, 16);
        string half = network.Node("MaxPool", [network.Node("Relu", [Conv(network, "x", 3, 6)], "map")], "half", ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }));
        network.Node("GlobalAveragePool", [half], "pooled");
        network.Node("Transpose", ["pooled"], "token", ("perm", new[] { 0, 2, 1 }));
        network.Node("Squeeze", [network.MatMul("token", 6, 5, "product"), network.Integers(1)], "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        MonitoringSuggestionTests.AreTensors(plan, "early map 6 Positions", "last pooled 6 Positions", "logits logits 5 None");
        Runs(network.With("logits"), plan);
    }

    [TestMethod]
    public void Maps_are_left_out_where_tokens_would_turn_them()
    {
        var network = new LayeredNetwork(null, 3, 16);
        string half = network.Node("MaxPool", [network.Node("Relu", [Conv(network, "x", 3, 6)], "map")], "half", ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }));
        network.Node("Transpose", [network.Node("GlobalAveragePool", [half], "pooled")], "turned", ("perm", new[] { 0, 2, 1 }));
        network.Node("Relu", [network.MatMul("turned", 6, 6, "more")], "token");
        network.MatMul("token", 6, 5, "logits");

        OnnxGraph graph = network.With("logits");
        MonitoringPlan plan = graph.SuggestMonitoring();

        Assert.IsTrue(plan.Tensors.All(tensor => tensor.Pooling == EmbeddingPooling.MeanToken), plan.ToString());
        Assert.IsTrue(plan.Remarks.Any(remark => remark.Contains("'map' are left out", StringComparison.Ordinal)), plan.ToString());
        Runs(graph, plan);
        MonitoredTensor map = plan.Tensors[0] with { Name = "map", OutputColumnName = "map", Dimension = 6, Pooling = EmbeddingPooling.Positions };
        Assert.Contains("gives 16", Assert.ThrowsExactly<InvalidOperationException>(() => Runs(graph, plan with { Tensors = [map, .. plan.Tensors] })).Message);
    }

    [TestMethod]
    public void Tokens_in_one_long_matrix_are_no_rows()
    {
        var network = LayeredNetwork.Transformer(hasClassToken: false);
        network.Node("Reshape", ["normalized", network.Integers(-1, 8)], "long");
        network.MatMul("long", 8, 5, "each");
        network.Node("Reshape", ["each", network.Integers(-1, 16, 5)], "logits");

        OnnxGraph graph = network.With("logits");
        MonitoringPlan plan = graph.SuggestMonitoring();

        Assert.IsNull(graph.PoolingOf("long"));
        Assert.IsNull(graph.PoolingOf("each"));
        CollectionAssert.IsNotSubsetOf(new[] { "long" }, plan.TensorNames.ToArray());
        Assert.AreEqual("normalized", plan.Tensors.Single(tensor => tensor.Role == MonitoredTensorRole.LastEmbedding).Name);
        Runs(graph, plan);
    }

    [TestMethod]
    public void Rows_that_come_back_from_a_long_matrix_are_rows()
    {
        var network = LayeredNetwork.Transformer(hasClassToken: false);
        network.Node("Reshape", ["normalized", network.Integers(-1, 8)], "long");
        network.Node("Reshape", [network.MatMul("long", 8, 4, "each"), network.Integers(-1, 64)], "one");
        network.Gemm(network.Node("Relu", ["one"], "rows"), 64, 5, "logits");

        OnnxGraph graph = network.With("logits");

        Assert.AreEqual(EmbeddingPooling.None, graph.PoolingOf("rows"));
        MonitoringSuggestionTests.AreTensors(graph.SuggestMonitoring(), "early block1 8 MeanToken", "early block2 8 MeanToken", "early block3 8 MeanToken", "last rows 64 None", "logits logits 5 None");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Integer_products_of_quantized_rows_are_a_head(bool isStatic)
    {
        var network = new LayeredNetwork(null, 3, 8, 8);
        network.Node("Flatten", [network.Node("GlobalAveragePool", [network.Halved(network.ConvRelu("x", 3, 6, "map"), "half")], "pooled")], "flat");
        if (isStatic)
        {
            Static(network);
        }
        else
        {
            Dynamic(network);
        }

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        MonitoringSuggestionTests.AreTensors(plan, "early map 6 Positions", "last flat 6 None", "logits logits 5 None");
        MonitoringSuggestionTests.AreScores(plan, "1.5 × ClassMahalanobis(map)", "RelativeMahalanobis(flat, normalized)", "Energy(logits)");
        Runs(network.With("logits"), plan);
    }

    // As onnxruntime.quantization.quantize_dynamic writes it.
    private static void Dynamic(LayeredNetwork network)
    {
        Bytes(network, "weights", 6, 5);
        Bytes(network, "zero");
        NodeProto quantized = TinyNetwork.Node("DynamicQuantizeLinear", ["flat"], "bytes");
        quantized.Output.Add(["scale", "point"]);
        network.Graph.Node.Add(quantized);
        network.Node("Cast", [network.Node("MatMulInteger", ["bytes", "weights", "point", "zero"], "integers")], "numbers", ("to", TinyNetwork.Float));
        network.Node("Mul", ["numbers", network.Node("Mul", ["scale", network.Weight(1)], "scales")], "scaled");
        network.Node("Add", ["scaled", network.Weight(5)], "logits");
    }

    private static void Static(LayeredNetwork network)
    {
        Bytes(network, "weights", 6, 5);
        Bytes(network, "zero");
        network.Graph.Initializer.Add(TinyNetwork.Tensor("step", [], 0.1f));
        network.Node("QuantizeLinear", ["flat", "step", "zero"], "bytes");
        network.Node("QLinearMatMul", ["bytes", "step", "zero", "weights", "step", "zero", "step", "zero"], "product");
        network.Node("DequantizeLinear", ["product", "step", "zero"], "logits");
    }

    private static void Bytes(LayeredNetwork network, string name, params long[] sizes)
    {
        byte[] values = new byte[sizes.Aggregate(1L, (product, size) => product * size)];
        new Random(5).NextBytes(values);
        network.Graph.Initializer.Add(new TensorProto { Name = name, DataType = 2, Dims = { sizes }, RawData = Google.Protobuf.ByteString.CopyFrom(values) });
    }

    private static string Conv(LayeredNetwork network, string input, int from, int to) => network.Node(
        "Conv", [input, network.Weight(to, from, 3), network.Weight(to)], "conv", ("kernel_shape", new[] { 3 }), ("pads", new[] { 1, 1 }));

    /// <summary>The plan's stage gives the columns that the plan says.</summary>
    private static void Runs(OnnxGraph graph, MonitoringPlan plan)
    {
        var mlContext = new MLContext(seed: 1);
        int size = graph.Inputs[0].Shape!.Skip(1).Aggregate(1, (product, length) => product * (int)length.Size!.Value);
        var random = new Random(3);
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.X)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size);
        Row[] rows = [.. Enumerable.Range(0, 70).Select(_ => new Row { X = [.. Enumerable.Range(0, size).Select(_ => (float)random.NextDouble())] })];
        IDataView data = mlContext.Data.LoadFromEnumerable(rows, definition);

        Assert.IsNotNull(mlContext.Transforms.MonitorNetwork(graph, plan, ["X"]));
        using OnnxFeatureTransformer stage = mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            Graph = graph,
            InputColumnNames = ["X"],
            TensorNames = plan.TensorNames,
            OutputColumnNames = plan.OutputColumnNames,
            TokenPooling = plan.TokenPooling,
        }).Fit(data);

        foreach (MonitoredTensor tensor in plan.Tensors)
        {
            float[][] embeddings = [.. stage.Transform(data).GetColumn<float[]>(tensor.OutputColumnName)];
            Assert.IsTrue(embeddings.Length == rows.Length && embeddings.All(row => row.Length == tensor.Dimension), tensor.ToString());
        }
    }

    private sealed class Row
    {
        public float[] X { get; set; } = [];
    }
}
