using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>The limit of the flag, which whoever serves a file may set.</summary>
[TestClass]
public sealed class OutlierThresholdTests
{
    private const int P = 12;

    private static readonly float[] _rows = Embeddings.Features(200, P, 9);

    private static readonly ModelledEmbedding _model = ModelledEmbedding.Fit(Embeddings.Features(300, P, 1), P, rank: 4).Calibrate(Embeddings.Features(200, P, 2), 101);

    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.2f)]
    [DataRow(0.5f)]
    [DataRow(1f)]
    [DataRow(1.5f)]
    [DataRow(float.NaN)]
    public void Flag_follows_the_threshold_that_is_given(float threshold)
    {
        var run = DetectorRun.Of(_model.ToOnnx(0.9), ("features", _rows, [200, P]), ("outlier_threshold", [threshold], [1]));

        Flags(run, "probability", "is_out_of_distribution", probability => !(probability < threshold));
    }

    [TestMethod]
    public void Fitted_threshold_holds_where_none_is_given()
    {
        OnnxGraph graph = _model.ToOnnx(0.6);

        Flags(DetectorRun.Of(graph, _rows, P), "probability", "is_out_of_distribution", probability => probability >= 0.6f);
        Assert.AreEqual("outlier_threshold", graph.Detectors.Single().OutlierThresholdInput);
        Assert.HasCount(1, graph.Inputs);
    }

    [TestMethod]
    [DataRow(9)]
    [DataRow(13)]
    [DataRow(21)]
    public void Each_detector_of_a_network_has_its_own(int opset)
    {
        OnnxGraph fused = TinyNetwork.Load(GraphFusionTests.OfOpset(TinyNetwork.Create(), opset));
        ModelledEmbedding model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, 1), 2, rank: 1).Calibrate(Embeddings.Gaussian(40, 2, 11), 20);
        fused = fused.Fuse(model.ToOnnx(0.9), "product", "early").Fuse(model.ToOnnx(0.7), "y");

        var run = DetectorRun.Of(fused, ("x", _rows[..100], [50, 2]), ("early_outlier_threshold", [0.3f], [1]));

        CollectionAssert.AreEqual(new[] { "early_outlier_threshold", "outlier_threshold" }, fused.Detectors.Select(detector => detector.OutlierThresholdInput).ToArray());
        Flags(run, "early_probability", "early_is_out_of_distribution", probability => probability >= 0.3f);
        Flags(run, "probability", "is_out_of_distribution", probability => probability >= 0.7f);
    }

    [TestMethod]
    public void Taken_name_gives_way()
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node.Add(TinyNetwork.Node("Neg", ["y"], "outlier_threshold"));
        ModelledEmbedding model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, 1), 2, rank: 1).Calibrate(Embeddings.Gaussian(40, 2, 11), 20);

        Assert.AreEqual("outlier_threshold_1", TinyNetwork.Load(network).Fuse(model.ToOnnx(), "y").Detectors.Single().OutlierThresholdInput);
    }

    [TestMethod]
    public void Uncalibrated_detector_has_none()
    {
        OnnxGraph graph = ModelledEmbedding.Fit(_rows, P, rank: 4).ToOnnx();

        Assert.IsNull(graph.Detectors.Single().OutlierThresholdInput);
        Assert.HasCount(1, graph.CopyModel().Graph.Input);
    }

    [TestMethod]
    public void Default_that_was_set_in_the_file_is_told_and_kept()
    {
        ModelProto model = _model.ToOnnx(0.9).CopyModel();
        TensorProto threshold = model.Graph.Initializer.Single(tensor => tensor.Name == "outlier_threshold");
        threshold.RawData = StoredTensor.Of("", [0.25f], 1).RawData;

        var graph = new OnnxGraph(model);

        Assert.AreEqual(0.25, graph.Detectors.Single().OutlierProbability);
        Flags(DetectorRun.Of(graph, _rows, P), "probability", "is_out_of_distribution", probability => probability >= 0.25f);
        Assert.AreEqual(0.25, TinyNetwork.Load(TinyNetworkOf(P)).Fuse(graph, "y").Detectors.Single().OutlierProbability);
    }

    [TestMethod]
    public void Runtime_lists_it_as_optional()
    {
        using var session = new InferenceSession(_model.ToOnnx().ToBytes());

        CollectionAssert.AreEqual(new[] { "features" }, session.InputNames.ToArray());
        Assert.AreEqual("outlier_threshold", session.OverridableInitializerMetadata.Keys.Single());
    }

    private static ModelProto TinyNetworkOf(int width)
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node.Clear();
        network.Graph.Initializer.Clear();
        network.Graph.Node.Add(TinyNetwork.Node("Neg", ["x"], "y"));
        network.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, width);
        network.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, width);
        return network;
    }

    private static void Flags(DetectorRun run, string probability, string flag, Func<float, bool> isFlagged) =>
        CollectionAssert.AreEqual(run[probability].Select(value => isFlagged(value) ? 1f : 0f).ToArray(), run[flag]);
}
