using Dime.MLNet.Tests.Onnx.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Monitoring;

/// <summary>What is chosen of transformers, and the embeddings that the stage makes of it.</summary>
[TestClass]
public sealed class TransformerSuggestionTests
{
    private const int Count = 9;
    private const int PixelCount = 3 * 8 * 8;

    [TestMethod]
    public void Tokens_are_averaged_where_the_network_flattens_them()
    {
        var network = LayeredNetwork.Transformer(hasClassToken: false);
        network.Gemm(network.Node("Flatten", ["normalized"], "flattened"), 128, 5, "logits");

        MonitoringPlan plan = network.With("logits").SuggestMonitoring();

        // Eight residual sums: the second, fourth and sixth stand at a quarter, a half and three quarters.
        MonitoringSuggestionTests.AreTensors(
            plan, "early block1 8 MeanToken", "early block2 8 MeanToken", "early block3 8 MeanToken", "last normalized 8 MeanToken", "logits logits 5 None");
        MonitoringSuggestionTests.AreScores(
            plan,
            "0.5 × ClassMahalanobis(block1)", "0.5 × ClassMahalanobis(block2)", "0.5 × ClassMahalanobis(block3)",
            "RelativeMahalanobis(normalized, normalized)", "Energy(logits)");
        Assert.AreEqual(TokenPooling.Mean, plan.TokenPooling);
        Assert.Contains("residual sum 2 of 8 over 16 tokens", plan.Tensors[0].Reason);
        Assert.IsEmpty(plan.Remarks);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Class_token_is_the_last_embedding_where_the_network_takes_it(bool isGathered)
    {
        var network = LayeredNetwork.Transformer(hasClassToken: true);
        string token = isGathered
            ? network.Node("Gather", ["normalized", network.Scalar(0)], "first", ("axis", 1))
            : network.Node("Squeeze", [network.Node("Slice", ["normalized", network.Integers(0), network.Integers(1), network.Integers(1)], "slice"), network.Integers(1)], "first");
        network.Node("Softmax", [network.Gemm(token, 8, 5, "scores")], "y");

        MonitoringPlan plan = network.With("y").SuggestMonitoring();

        MonitoringSuggestionTests.AreTensors(
            plan, "early block1 8 MeanToken", "early block2 8 MeanToken", "early block3 8 MeanToken", "last first 8 None", "logits scores 5 None");
        Assert.Contains("the token that the network itself picks", plan.Tensors[3].Reason);
        Assert.Contains("17 tokens", plan.Tensors[0].Reason);
    }

    [TestMethod]
    public void Mean_that_the_network_takes_is_the_last_embedding()
    {
        var network = LayeredNetwork.Transformer(hasClassToken: false);
        network.MatMul(network.Node("ReduceMean", ["normalized"], "mean", ("axes", new[] { 1 }), ("keepdims", 0)), 8, 5, "logits");

        MonitoringSuggestionTests.AreTensors(
            network.With("logits").SuggestMonitoring(),
            "early block1 8 MeanToken", "early block2 8 MeanToken", "early block3 8 MeanToken", "last mean 8 None", "logits logits 5 None");
    }

    [TestMethod]
    public void Words_that_the_network_looks_up_are_tokens()
    {
        var network = new LayeredNetwork(null, 6);
        network.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Int64, null, 6);
        string tokens = network.Node("Add", [network.Node("Gather", [network.Weight(30, 8), "x"], "words"), network.Weight(1, 6, 8)], "placed");
        tokens = network.Block(network.Block(tokens, 8, "one"), 8, "two");
        string pooled = network.Node("Tanh", [network.Gemm(network.Node("Gather", [tokens, network.Scalar(0)], "first", ("axis", 1)), 8, 8, "pooler")], "pooled");
        network.Gemm(pooled, 8, 3, "logits");

        MonitoringSuggestionTests.AreTensors(
            network.With("logits").SuggestMonitoring(),
            "early one_attended 8 MeanToken", "early one 8 MeanToken", "early two_attended 8 MeanToken", "last pooled 8 None", "logits logits 3 None");
    }

    [TestMethod]
    public void Tokens_that_the_network_hands_out_are_a_last_embedding_without_logits()
    {
        MonitoringPlan plan = LayeredNetwork.Transformer(hasClassToken: true).With("normalized").SuggestMonitoring();

        MonitoringSuggestionTests.AreTensors(
            plan, "early block1 8 MeanToken", "early block2 8 MeanToken", "early block3 8 MeanToken", "last normalized 8 MeanToken");
    }

    [TestMethod]
    [DataRow(EmbeddingPooling.MeanToken)]
    [DataRow(EmbeddingPooling.FirstToken)]
    public void Plan_runs_as_it_is_and_edited(EmbeddingPooling pooling)
    {
        var network = LayeredNetwork.Transformer(hasClassToken: true);
        network.Gemm(network.Node("Flatten", ["normalized"], "flattened"), 136, 5, "logits");
        OnnxGraph graph = network.With("logits");
        MonitoringPlan plan = graph.SuggestMonitoring();
        plan = plan with { Tensors = [.. plan.Tensors.Select(tensor => tensor.Pooling == EmbeddingPooling.MeanToken ? tensor with { Pooling = pooling } : tensor)] };
        plan.Validate();
        var mlContext = new MLContext(seed: 1);
        ImageRow[] rows = [.. Enumerable.Range(0, Count).Select(i => new ImageRow { Pixels = Inference.Pixels(PixelCount, seed: i) })];
        IDataView data = mlContext.Data.LoadFromEnumerable(rows);
        var options = new OnnxFeatureOptions
        {
            Graph = graph,
            InputColumnNames = ["Pixels"],
            TensorNames = plan.TensorNames,
            OutputColumnNames = plan.OutputColumnNames,
            TokenPooling = plan.TokenPooling,
            BatchSize = 4,
        };

        using OnnxFeatureTransformer model = mlContext.Transforms.ExtractOnnxFeatures(options).Fit(data);
        IDataView scored = model.Transform(data);

        foreach (MonitoredTensor tensor in plan.Tensors)
        {
            float[][] actual = [.. scored.GetColumn<float[]>(tensor.OutputColumnName)];
            byte[] exposed = graph.WithOutputs(tensor.Name).ToBytes();
            for (int i = 0; i < Count; i++)
            {
                float[] whole = Inference.Run(exposed, "x", rows[i].Pixels, [1, 3, 8, 8], tensor.Name);
                float[] expected = tensor.Role == MonitoredTensorRole.Logits
                    ? whole
                    : [.. Enumerable.Range(0, 8).Select(c => pooling == EmbeddingPooling.FirstToken ? whole[c] : (float)Enumerable.Range(0, 17).Average(t => (double)whole[(t * 8) + c]))];
                Assert.HasCount(tensor.Dimension, actual[i]);
                FeatureAssert.Close(expected, actual[i], relative: 1e-5);
            }
        }
    }

    public sealed class ImageRow
    {
        [VectorType(PixelCount)]
        public float[] Pixels { get; set; } = [];
    }
}
