using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling.Ensembles;
using Dime.MLNet.Tests.Serialization;
using Google.Protobuf;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Files that say they hold an ensemble, and do not.</summary>
[TestClass]
public sealed class HostileEnsembleTests
{
    private static readonly ModelProto _exported = Fit().ToOnnx().CopyModel();

    [TestMethod]
    [DataRow("Columns", "null", "leaves out")]
    [DataRow("Columns", "[null]", "leaves out")]
    [DataRow("Columns", "[]", "its columns are not possible")]
    [DataRow("Columns[0].Name", "null", "leaves out")]
    [DataRow("Columns[0].Name", "\"\"", "its columns are not possible")]
    [DataRow("Columns[0].Name", "\"z\"", "its columns are not possible")]
    [DataRow("Columns[0].Dimension", "0", "its columns are not possible")]
    [DataRow("Columns[0].Dimension", "2147483647", "its columns are not possible")]
    [DataRow("Columns[0].Dimension", "4", "are not those of a fit")]
    [DataRow("Columns[0].Tensor", "null", "column 'x' has a tensor that no score reads, or none")]
    [DataRow("Columns[2].Tensor", "\"x\"", "column 'unused' has a tensor that no score reads, or none")]
    [DataRow("Scores", "[]", "its scores are not possible")]
    [DataRow("Scores[0]", "null", "leaves out")]
    [DataRow("Scores[0].Column", "null", "leaves out")]
    [DataRow("Scores[0].Column", "\"y\"", "it calls")]
    [DataRow("Scores[0].Kind", "\"Best\"", "does not describe a detector")]
    [DataRow("Scores[0].Kind", "99", "one of its scores is not possible")]
    [DataRow("Scores[0].Weight", "0", "one of its scores is not possible")]
    [DataRow("Scores[0].Weight", "-1", "one of its scores is not possible")]
    [DataRow("Scores[0].Normalize", "true", "it calls")]
    [DataRow("Scores[3].Rank", "0", "has the rank 0")]
    [DataRow("Scores[3].Rank", "2147483647", "it calls")]
    [DataRow("ClassNames", "[]", "it has 0 classes")]
    [DataRow("ClassNames", "[\"a\", null]", "leaves out")]
    [DataRow("ClassNames", "[\"a\", \"a\", \"b\"]", "two of its classes have the same name")]
    [DataRow("ClassNames", "[\"a\", \"b\"]", "the means of the classes of")]
    [DataRow("LeftOutClassNames", "null", "leaves out")]
    [DataRow("Parts", "[]", "a part of it is missing")]
    [DataRow("Parts[0].Mahalanobis", "null", "has no model")]
    [DataRow("Parts[0].Mahalanobis.Mean", "null", "leaves out")]
    [DataRow("Parts[0].Mahalanobis.Mean", "\"no-such\"", "no weights 'no-such'")]
    [DataRow("Parts[0].Mahalanobis.Mean", "\"dime/tail_share\"", "the means of")]
    [DataRow("Parts[0].Mahalanobis.Whitening", "\"dime/tail_share\"", "are not numbers of single precision")]
    [DataRow("Parts[0].Mahalanobis.Deviation", "\"dime/x/whitening\"", "are not numbers of double precision")]
    [DataRow("Parts[0].Mahalanobis.ClassMeans", "null", "the means of the classes of")]
    [DataRow("Parts[0].Mahalanobis.TotalPrecisions", "null", "the precisions of")]
    [DataRow("Parts[2].Hyperplane.Basis", "null", "leaves out")]
    [DataRow("Parts[2].Hyperplane.Rank", "1", "is not 3×1 numbers")]
    [DataRow("Parts[2].Hyperplane.Normalizes", "true", "its hyperplane is not that of")]
    [DataRow("Parts[2].Hyperplane", "null", "has no model")]
    [DataRow("CalibrationRowCount", "0", "it was calibrated on 0 rows")]
    [DataRow("PercentileCount", "1", "percentiles of its scores are missing")]
    [DataRow("PercentileCount", "2147483647", "percentiles of its scores are missing")]
    [DataRow("PercentileCount", "20", "percentiles of its scores are missing")]
    [DataRow("Knots", "\"dime/tail_share\"", "percentiles of its scores are missing")]
    [DataRow("TailStarts", "\"dime/tail_share\"", "the tails of its scores are missing")]
    [DataRow("TailStarts", "\"dime/weights\"", "the tail of")]
    [DataRow("NegativeExcesses", "\"dime/last_percentile\"", "the tail of")]
    public void Description_that_does_not_fit_is_refused(string path, string value, string reason)
    {
        ModelProto model = _exported.Clone();
        JsonNode description = JsonNode.Parse(model.MetadataProps[0].Value)!;
        JsonNode place = description["Ensemble"]!;
        string[] steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        foreach (string step in steps[..^1])
        {
            place = int.TryParse(step, out int i) ? place[i]! : place[step]!;
        }

        if (int.TryParse(steps[^1], out int last))
        {
            place[last] = JsonNode.Parse(value);
        }
        else
        {
            place[steps[^1]] = JsonNode.Parse(value);
        }

        model.MetadataProps[0].Value = description.ToJsonString();

        AssertRefused(model, reason);
    }

    [TestMethod]
    [DataRow("dime/x/whitening", "the directions of")]
    [DataRow("dime/scores_knots", "infinite or no numbers")]
    [DataRow("dime/probability_knots", "infinite or no numbers")]
    public void Weights_that_are_no_numbers_are_refused(string name, string reason)
    {
        ModelProto model = _exported.Clone();
        TensorProto tensor = model.Graph.Initializer.Single(tensor => tensor.Name == name);
        byte[] bytes = tensor.RawData.ToByteArray();
        MemoryMarshal.Write(bytes, float.NaN);
        tensor.RawData = ByteString.CopyFrom(bytes);

        AssertRefused(model, reason);
    }

    [TestMethod]
    [DataRow("dime/x/mean", double.NaN, "the means of")]
    [DataRow("dime/x/deviation", 0.0, "the deviations of")]
    [DataRow("dime/x/deviation", -1.0, "the deviations of")]
    [DataRow("dime/x/total_precisions", 0.0, "the precisions of")]
    [DataRow("dime/x/class_means", 1e300, "the means of the classes of")]
    [DataRow("dime/tail_starts", double.NaN, "the tail of")]
    [DataRow("dime/negative_mean_excesses", 1.0, "the tail of")]
    [DataRow("dime/negative_mean_excesses", double.NegativeInfinity, "the tail of")]
    public void Numbers_that_no_fit_gives_are_refused(string name, double value, string reason)
    {
        ModelProto model = _exported.Clone();
        TensorProto tensor = model.Graph.Initializer.Single(tensor => tensor.Name == name);
        byte[] bytes = tensor.RawData.ToByteArray();
        MemoryMarshal.Write(bytes, value);
        tensor.RawData = ByteString.CopyFrom(bytes);

        AssertRefused(model, reason);
    }

    [TestMethod]
    public void Weights_that_another_tool_stored_as_numbers_are_read()
    {
        ModelProto model = _exported.Clone();
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            if (tensor.DataType == TinyNetwork.Float)
            {
                tensor.FloatData.Add(StoredTensor.ReadSingles(tensor)!);
                tensor.ClearRawData();
            }
            else if (tensor.DataType == (int)OnnxElementType.Double)
            {
                tensor.DoubleData.Add(StoredTensor.ReadDoubles(tensor)!);
                tensor.ClearRawData();
            }
        }

        CollectionAssert.AreEqual(new OnnxGraph(_exported).ToEnsemble().ToOnnx().ToBytes(), new OnnxGraph(model).ToEnsemble().ToOnnx().ToBytes());
    }

    [TestMethod]
    public void Thousands_of_altered_files_give_an_ensemble_or_a_clear_error()
    {
        byte[] original = _exported.ToByteArray();
        var random = new Random(11);
        int read = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Rounds = 3000;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Hostile.Altered(original, random);

            try
            {
                ModelledEnsemble ensemble = OnnxGraph.Load(new MemoryStream(bytes)).ToEnsemble();
                Assert.IsFalse(float.IsNaN(ensemble.Probability(new float[ensemble.Layout.Width])[0]));
                read++;
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or ArgumentException)
            {
                Assert.AreNotEqual("", exception.Message);
            }
        }

        Assert.IsInRange(1, Rounds - 1, read);
        Assert.IsLessThan(Rounds * 1_000_000L, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ModelledEnsemble Fit()
    {
        var layout = new EmbeddingLayout(("x", 3), ("z", 2), ("unused", 1));
        var sums = new EnsembleAccumulator(
            layout,
            [
                OutOfDistributionScore.RelativeMahalanobis("x", 0.5),
                OutOfDistributionScore.Energy("z"),
                OutOfDistributionScore.ClassMahalanobis("x"),
                OutOfDistributionScore.Hyperplane("x", rank: 2),
            ]);
        float[] Rows(int count, int seed) =>
            [.. ClassRows.Create(count, 3, 3, seed).Rows.Chunk(3).SelectMany((row, i) => (float[])[.. row, i % 3, i % 7, 0])];
        sums.Add(Rows(90, 1), [.. Enumerable.Range(0, 90).Select(i => sums.ClassNumber($"class {i % 3}"))]);
        return sums.Fit().Calibrate(Rows(60, 2), 11);
    }

    private static void AssertRefused(ModelProto model, string reason)
    {
        var graph = OnnxGraph.Load(new MemoryStream(model.ToByteArray()));
        InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => graph.ToEnsemble());
        StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
        Assert.ThrowsExactly<InvalidDataException>(() => TinyNetwork.Load(TinyNetwork.Create()).Fuse(graph, ["product", "y"]));
    }
}
