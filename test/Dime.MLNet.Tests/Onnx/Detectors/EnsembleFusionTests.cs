using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Ensembles in networks: feature maps, an embedding and logits of one pass.</summary>
[TestClass]
public sealed class EnsembleFusionTests
{
    private const int Channels = 4;
    private const int Side = 3;
    private const int Classes = 3;

    private static readonly string[] _tensors = ["maps", "embedding", "logits"];

    internal static IReadOnlyList<string> Tensors => _tensors;

    [TestMethod]
    [DynamicData(nameof(GraphFusionTests.Opsets), typeof(GraphFusionTests))]
    public void Fused_network_agrees_in_all_opsets(int opset)
    {
        OnnxGraph network = TinyNetwork.Load(GraphFusionTests.OfOpset(Network(), opset));
        ModelledEnsemble model = Fit(network);
        float[] pixels = Pixels(40, 3);

        OnnxGraph fused = network.Fuse(model.ToOnnx(0.8), _tensors);

        var run = EnsembleRun.Of(model, fused, Features(network, pixels), ("pixels", pixels, [40, Channels, Side, Side]));
        run.VerdictAgrees(fused.Detectors.Single());
        CollectionAssert.AreEqual(DetectorRun.Of(network, pixels, Channels, Side, Side)["logits"], run["logits"]);
        Assert.HasCount(1, fused.Inputs);
        CollectionAssert.AreEqual(Features(network, pixels), Features(fused, pixels));
    }

    [TestMethod]
    [DataRow(10, DisplayName = "half")]
    [DataRow(11, DisplayName = "double")]
    public void Tensors_of_other_precision_are_converted(int elementType)
    {
        ModelProto model = Network();
        foreach (string tensor in _tensors)
        {
            NodeProto cast = TinyNetwork.Node("Cast", [tensor], $"{tensor}_converted");
            cast.Attribute.Add(GraphBuilder.Attribute("to", elementType));
            model.Graph.Node.Add(cast);
        }

        OnnxGraph network = TinyNetwork.Load(model);
        ModelledEnsemble ensemble = Fit(network);

        // Whole numbers, and means of nine of them, which half precision rounds.
        float[] pixels = [.. Pixels(10, 3).Select(value => MathF.Round(value * 9))];
        OnnxGraph fused = network.Fuse(ensemble.ToOnnx(), _tensors.Select(tensor => $"{tensor}_converted"));

        var run = DetectorRun.Of(fused, pixels, Channels, Side, Side);
        float[] expected = ensemble.Statistic(Features(network, pixels));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], run["distance"][i], (elementType == 11 ? 1e-3 : 0.1) * expected[i], $"row {i}");
        }
    }

    [TestMethod]
    public void Threshold_of_a_fused_ensemble_is_an_optional_input()
    {
        OnnxGraph network = TinyNetwork.Load(Network());
        OnnxGraph fused = network.Fuse(Fit(network).ToOnnx(), _tensors, "all");
        float[] pixels = Pixels(60, 5);

        var run = DetectorRun.Of(fused, ("pixels", pixels, [60, Channels, Side, Side]), ("all_outlier_threshold", [0.4f], [1]));

        CollectionAssert.AreEqual(run["all_probability"].Select(value => value >= 0.4f ? 1f : 0f).ToArray(), run["all_is_out_of_distribution"]);
        Assert.IsInRange(1, 59, run["all_is_out_of_distribution"].Count(flag => flag == 1));
    }

    [TestMethod]
    public void Fixed_batch_stays_fixed()
    {
        ModelProto model = Network();
        model.Graph.Input[0] = TinyNetwork.Value("pixels", TinyNetwork.Float, 5, Channels, Side, Side);
        model.Graph.Output[0] = TinyNetwork.Value("logits", TinyNetwork.Float, 5, Classes);

        OnnxGraph fused = TinyNetwork.Load(model).Fuse(Fit(TinyNetwork.Load(Network())).ToOnnx(), _tensors);

        foreach (OnnxTensorInfo output in fused.Outputs)
        {
            Assert.AreEqual(5, output.Shape![0].Size, output.Name);
        }
    }

    [TestMethod]
    public void Tensors_that_are_not_those_of_the_ensemble_are_refused()
    {
        OnnxGraph network = TinyNetwork.Load(Network());
        OnnxGraph detector = Fit(network).ToOnnx();

        Refused(["maps", "embedding"], "reads 3 tensors, Early [N, 4], Late [N, 4], logits [N, 3]; 2 are named");
        Refused(["maps", "embeding", "logits"], "Did you mean 'embedding'?");
        Refused(["logits", "embedding", "logits"], "gives embeddings of 3 values; the detector was fitted to embeddings of 4");
        Assert.ThrowsExactly<ArgumentNullException>(() => network.Fuse(detector, (IEnumerable<string>)null!));
        Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(detector, ["maps", "", "logits"]));
        Assert.AreEqual("tensorName", Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(detector, "maps")).ParamName);

        void Refused(string[] tensors, string reason)
        {
            ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(detector, tensors));
            StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
            Assert.AreEqual("tensorNames", exception.ParamName);
        }
    }

    [TestMethod]
    public void Tensors_of_different_batches_are_refused()
    {
        ModelProto model = Network();
        model.Graph.Input[0] = TinyNetwork.Value("pixels", TinyNetwork.Float, 4, Channels, Side, Side);
        model.Graph.Output[0] = TinyNetwork.Value("logits", TinyNetwork.Float, 4, Classes);
        model.Graph.Input.Add(TinyNetwork.Value("other", TinyNetwork.Float, 3, Channels));
        model.Graph.Node.Add(TinyNetwork.Node("Neg", ["other"], "others"));
        OnnxGraph detector = Fit(TinyNetwork.Load(Network())).ToOnnx();

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => TinyNetwork.Load(model).Fuse(detector, ["maps", "others", "logits"]));

        StringAssert.Contains(exception.Message, "'maps' has 4 rows and 'others' 3", StringComparison.Ordinal);
    }

    /// <summary>pixels [N, 4, 3, 3] → Relu → maps → means → embedding → Gemm → logits.</summary>
    internal static ModelProto Network()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph = new GraphProto
        {
            Name = "classifier",
            Input = { TinyNetwork.Value("pixels", TinyNetwork.Float, null, Channels, Side, Side) },
            Output = { TinyNetwork.Value("logits", TinyNetwork.Float, null, Classes) },
            Initializer =
            {
                TinyNetwork.Tensor("w", [Channels, Classes], Embeddings.Gaussian(Channels, Classes, 77, 3)),
                TinyNetwork.Tensor("b", [Classes], 0.5f, -0.5f, 0.1f),
            },
            Node =
            {
                TinyNetwork.Node("Relu", ["pixels"], "maps"),
                TinyNetwork.Node("GlobalAveragePool", ["maps"], "means"),
                TinyNetwork.Node("Flatten", ["means"], "embedding"),
                TinyNetwork.Node("Gemm", ["embedding", "w", "b"], "logits"),
            },
        };
        return GraphFusionTests.OfOpset(model, 13);
    }

    internal static ModelledEnsemble Fit(OnnxGraph network)
    {
        var layout = new EmbeddingLayout(("Early", Channels), ("Late", Channels), ("logits", Classes));
        var sums = new EnsembleAccumulator(
            layout,
            [
                OutOfDistributionScore.ClassMahalanobis("Early", 0.75),
                OutOfDistributionScore.RelativeMahalanobis("Late", normalize: true),
                OutOfDistributionScore.Hyperplane("Late", rank: 2),
                OutOfDistributionScore.Energy("logits"),
            ],
            "logits");
        sums.Add(Features(network, Pixels(300, 1)));
        return sums.Fit().Calibrate(Features(network, Pixels(200, 2)), 101);
    }

    // The means of maps are computed here by hand.
    private static float[] Features(OnnxGraph network, float[] pixels)
    {
        float[][] embeddings = [.. pixels.Chunk(Side * Side).Select(map => map.Sum(value => Math.Max(value, 0)) / (Side * Side)).Chunk(Channels)];
        var run = DetectorRun.Of(network.WithOutputs("logits"), pixels, Channels, Side, Side);
        return [.. embeddings.Zip(run["logits"].Chunk(Classes), (x, z) => (float[])[.. x, .. x, .. z]).SelectMany(row => row)];
    }

    private static float[] Pixels(int count, int seed) => Embeddings.Gaussian(count, Channels * Side * Side, seed);
}
