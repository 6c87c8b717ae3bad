using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Serialization;
using Google.Protobuf;
using Embeddings = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Files that say they hold a detector, and do not.</summary>
[TestClass]
public sealed class HostileDetectorTests
{
    private const int P = 3;

    private static readonly ModelProto _exported = ModelledEmbedding.Fit(Embeddings.Features(40, P, 1), P, rank: 2)
        .Calibrate(Embeddings.Features(40, P, 2), 10).ToOnnx(includeWithin: true).CopyModel();

    [TestMethod]
    [DataRow("Version", "0", "does not describe a detector")]
    [DataRow("Version", "3", "reads versions up to 2. Update the Dime.MLNet package")]
    [DataRow("Library", "null", "leaves out")]
    [DataRow("Basis", "null", "leaves out")]
    [DataRow("Outputs", "null", "leaves out")]
    [DataRow("Rank", "0", "its rank is 0")]
    [DataRow("Rank", "4", "its rank is 4 and its dimension 3")]
    [DataRow("Rank", "1", "is not 3×1 numbers")]
    [DataRow("Dimension", "2147483647", "is not 2147483647×2 numbers")]
    [DataRow("Dimension", "46320", "is not 46320×2 numbers")]
    [DataRow("Dimension", "1e10", "does not describe a detector")]
    [DataRow("OutlierProbability", "0", "its outlier probability is 0")]
    [DataRow("PercentileCount", "1", "it has 1 percentiles")]
    [DataRow("PercentileCount", "0", "it is calibrated and not calibrated")]
    [DataRow("PercentileCount", "2147483647", "not as many as it says")]
    [DataRow("PercentileCount", "4", "not as many as it says")]
    [DataRow("Basis", "\"no-such\"", "no weights 'no-such'")]
    [DataRow("Knots", "\"dime/features_zero\"", "percentiles are missing")]
    [DataRow("Knots", "null", "it is calibrated and not calibrated")]
    [DataRow("ExplainedVariance", "\"AAAA\"", "explained variance ends within a number")]
    [DataRow("ExplainedVariance", "\"AAAAAAAA8D8=\"", "explained variance is not 2 numbers")]
    [DataRow("ExplainedVariance", "\"?\"", "does not describe a detector")]
    [DataRow("ScoreMean", "null", "score distribution is incomplete")]
    [DataRow("ScoreMean", "\"AAAAAAAA+H8AAAAAAAD4fw==\"", "mean score has values that are not finite")]
    [DataRow("Whitening", "\"AAAA\"", "score distribution ends within a number")]
    [DataRow("Whitening", "\"AACAPw==\"", "score distribution is not made of finite numbers")]
    [DataRow("WithinKnots", "null", "its calibration is incomplete")]
    [DataRow("Outputs", "{\"Distance\":\"distance\"}", "outputs are not those of its calibration")]
    [DataRow("Outputs", "{\"Distance\":\"distance\",\"Probability\":\"probability\"}", "outputs are not those of its calibration")]
    [DataRow("Outputs", "{\"Distance\":\"distance\",\"Probability\":\"probability\",\"IsOutOfDistribution\":\"is_out_of_distribution\",\"WithinProbability\":\"distance\"}", "outputs are not those of its calibration")]
    [DataRow("WithinKnots", "\"AACAPwAAAAA=\"", "percentiles do not ascend")]
    [DataRow("Threshold", "\"no-such\"", "no weights 'no-such'")]
    [DataRow("Threshold", "\"dime/basis\"", "its threshold 'dime/basis' is not one number")]
    [DataRow("Threshold", "\"dime/features_infinity\"", "its outlier probability is Infinity")]
    [DataRow("Threshold", "\"dime/axis\"", "'dime/axis' are not numbers of single precision")]
    [DataRow("Spectrum", "\"AAAAAAAA8D8=\"", "its spectrum is not that")]
    [DataRow("CalibrationRowCount", "-1", "calibrated on -1 rows")]
    [DataRow("Ensemble", "{}", "leaves out")]
    public void Description_that_does_not_fit_is_refused(string property, string value, string reason)
    {
        ModelProto model = _exported.Clone();
        JsonNode description = JsonNode.Parse(model.MetadataProps[0].Value)!;
        description[property] = JsonNode.Parse(value);
        model.MetadataProps[0].Value = description.ToJsonString();

        AssertRefused(model, reason);
    }

    [TestMethod]
    public void Weights_that_are_missing_or_not_finite_or_of_another_shape_are_refused()
    {
        Damage(model => model.Graph.Initializer.Remove(Find(model, "dime/basis")), "no weights 'dime/basis'");
        Damage(model => Find(model, "dime/basis").Dims[0] = long.MaxValue, "is not 3×2 numbers");
        Damage(model => Find(model, "dime/basis").Dims.Add(1), "is not 3×2 numbers");
        Damage(model => Find(model, "dime/basis").DataType = 7, "is not 3×2 numbers");
        Damage(model => Find(model, "dime/basis").RawData = ByteString.Empty, "is not 3×2 numbers");
        Damage(model => SetFirst(Find(model, "dime/basis"), float.NaN), "not finite");
        Damage(model => SetFirst(Find(model, "dime/basis"), 1f), "not orthonormal");
        Damage(model => SetFirst(Find(model, "dime/probability_knots"), float.NaN), "infinite or no numbers");
        Damage(model => SetFirst(Find(model, "dime/probability_knots"), 1e30f), "do not ascend");
        Damage(model => model.Graph.Output.RemoveAt(1), "no output 'probability'");
        Damage(model => model.MetadataProps.Add(model.MetadataProps[0]), "two detectors have that name");
        Damage(model => model.MetadataProps[0].Value = "{", "does not describe a detector");
        Damage(model => model.MetadataProps[0].Value = "null", "does not describe a detector");
        Damage(model => model.MetadataProps[0].Value = new string('[', 100_000), "does not describe a detector");

        static TensorProto Find(ModelProto model, string name) => model.Graph.Initializer.Single(tensor => tensor.Name == name);

        static void SetFirst(TensorProto tensor, float value)
        {
            byte[] bytes = tensor.RawData.ToByteArray();
            MemoryMarshal.Write(bytes, value);
            tensor.RawData = ByteString.CopyFrom(bytes);
        }

        static void Damage(Action<ModelProto> damage, string reason)
        {
            ModelProto model = _exported.Clone();
            damage(model);
            AssertRefused(model, reason);
        }
    }

    [TestMethod]
    public void Weights_that_another_tool_stored_as_numbers_are_read()
    {
        ModelProto model = _exported.Clone();
        foreach (TensorProto tensor in model.Graph.Initializer.Where(tensor => tensor.DataType == TinyNetwork.Float))
        {
            tensor.FloatData.Add(MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray());
            tensor.ClearRawData();
        }

        PrecisionAssert.SameBits(new OnnxGraph(_exported).ToModelledEmbedding().BasisVectors.Span, new OnnxGraph(model).ToModelledEmbedding().BasisVectors.Span);
    }

    [TestMethod]
    public void Thousands_of_altered_files_give_a_detector_or_a_clear_error()
    {
        byte[] original = _exported.ToByteArray();
        OnnxGraph network = TinyNetwork.Load(TinyNetwork.Create());
        var random = new Random(11);
        int read = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Rounds = 4000;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Hostile.Altered(original, random);

            try
            {
                var graph = OnnxGraph.Load(new MemoryStream(bytes));
                float[] distances = graph.ToModelledEmbedding().DistanceToHyperplane(new float[graph.Detectors[0].Dimension]);
                Assert.AreEqual(0f, distances[0]);
                read++;
                network.Fuse(graph, "y");
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or ArgumentException)
            {
                Assert.AreNotEqual("", exception.Message);
            }
        }

        Assert.IsInRange(1, Rounds - 1, read);
        Assert.IsLessThan(Rounds * 1_000_000L, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Altered_copies_of_the_sample_network_are_fused_or_refused()
    {
        // Without the numbers in the weights, which are most of the file, every change hits its structure.
        ModelProto sample = OnnxGraph.Load(ProjectFiles.SampleNetwork).CopyModel();
        foreach (TensorProto weight in sample.Graph.Initializer)
        {
            weight.ClearRawData();
        }

        byte[] original = sample.ToByteArray();
        OnnxGraph detector = ModelledEmbedding.Fit(Embeddings.Gaussian(20, 10, 1), 10, rank: 2).ToOnnx();
        var random = new Random(3);
        int fused = 0;
        const int Rounds = 3000;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Hostile.Altered(original, random);

            try
            {
                var network = OnnxGraph.Load(new MemoryStream(bytes));
                Assert.IsEmpty(network.Detectors);

                // The type of the logits is stated, so that damaged networks need not go through native code here.
                if (network.CopyModel().Graph.Output is [{ Name: "logits", Type.TensorType: { HasElemType: true, Shape: not null } }])
                {
                    Assert.HasCount(1, network.Fuse(detector, "logits").Detectors);
                    fused++;
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or ArgumentException)
            {
                Assert.AreNotEqual("", exception.Message);
            }
        }

        Assert.IsInRange(1, Rounds - 1, fused);
    }

    private static void AssertRefused(ModelProto model, string reason)
    {
        var graph = OnnxGraph.Load(new MemoryStream(model.ToByteArray()));
        InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => graph.ToModelledEmbedding());
        StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
        Assert.ThrowsExactly<InvalidDataException>(() => TinyNetwork.Load(TinyNetwork.Create()).Fuse(graph, "y"));
    }
}
