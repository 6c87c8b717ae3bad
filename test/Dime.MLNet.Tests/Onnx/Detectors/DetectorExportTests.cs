using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Onnx.Detectors;

[TestClass]
public sealed class DetectorExportTests
{
    private const int P = 40;

    [TestMethod]
    [DataRow("random")]
    [DataRow("features of a layer")]
    [DataRow("rank-deficient")]
    [DataRow("fewer rows than values")]
    [DataRow("one value")]
    [DataRow("all directions")]
    [DataRow("badly scaled")]
    [DataRow("duplicated rows")]
    [DataRow("far from the origin")]
    [DataRow("tiny")]
    [DataRow("huge")]
    public void Distances_are_those_of_the_model_for_all_kinds_of_data(string kind)
    {
        var set = TrainingSet.Create(kind);
        ModelledEmbedding model = set.Fit();
        OnnxGraph graph = model.ToOnnx(includeWithin: true);

        var run = DetectorRun.Of(graph, set.New, set.Dimension);

        CollectionAssert.AreEqual(new[] { "distance", "within_distance" }, run.Outputs.ToArray());
        DetectorAssert.Agrees(model, set.New, run, graph.Detectors.Single());
        DetectorAssert.AgreesWithin(model, set.New, run, graph.Detectors.Single());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(256)]
    public void Batches_of_any_size_agree_with_the_model(int rows)
    {
        ModelledEmbedding model = Calibrated();
        OnnxGraph graph = model.ToOnnx(0.9, includeWithin: true);
        float[] features = Embeddings.Features(rows, P, 9);

        var run = DetectorRun.Of(graph, features, P);

        CollectionAssert.AreEqual(
            new[] { "distance", "probability", "is_out_of_distribution", "within_distance", "within_probability" }, run.Outputs.ToArray());
        DetectorAssert.Agrees(model, features, run, graph.Detectors.Single());
        DetectorAssert.AgreesWithin(model, features, run, graph.Detectors.Single());
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Row_that_is_not_finite_is_infinitely_far_and_flagged_and_leaves_the_others_alone(float value)
    {
        ModelledEmbedding model = Calibrated();
        OnnxGraph graph = model.ToOnnx(1, includeWithin: true);
        float[] features = Embeddings.Features(3, P, 9);
        var before = DetectorRun.Of(graph, features, P);
        features[P + 5] = value;

        var run = DetectorRun.Of(graph, features, P);

        Assert.AreEqual(float.PositiveInfinity, run["distance"][1]);
        Assert.AreEqual(1f, run["probability"][1]);
        Assert.AreEqual(1f, run["is_out_of_distribution"][1]);
        Assert.AreEqual(float.PositiveInfinity, run["within_distance"][1]);
        Assert.AreEqual(1f, run["within_probability"][1]);
        foreach (string output in run.Outputs)
        {
            Assert.AreEqual(before[output][0], run[output][0]);
            Assert.AreEqual(before[output][2], run[output][2]);
        }
    }

    [TestMethod]
    [DataRow(1e30f)]
    [DataRow(1e37f)]
    [DataRow(1e-30f)]
    [DataRow(1e-37f)]
    [DataRow(0f)]
    public void Huge_and_tiny_rows_have_their_true_distance(float factor)
    {
        ModelledEmbedding model = Calibrated();
        float[] features = [.. Embeddings.Gaussian(20, P, 9).Select(value => value * factor)];
        OnnxGraph graph = model.ToOnnx();

        var run = DetectorRun.Of(graph, features, P);

        Assert.IsTrue(run["distance"].All(float.IsFinite));
        DetectorAssert.Agrees(model, features, run, graph.Detectors.Single());
    }

    [TestMethod]
    public void Greatest_numbers_there_are_give_what_the_model_gives()
    {
        ModelledEmbedding model = Calibrated();
        float[] features = new float[P];
        features.AsSpan().Fill(float.MaxValue);
        OnnxGraph graph = model.ToOnnx(includeWithin: true);

        var run = DetectorRun.Of(graph, features, P);

        Assert.AreEqual(model.DistanceToHyperplane(features)[0], run["distance"][0], 1e-4 * model.DistanceToHyperplane(features)[0]);
        Assert.AreEqual(model.DistanceWithinHyperplane(features)[0], run["within_distance"][0]);
    }

    [TestMethod]
    [DataRow("random")]
    [DataRow("features of a layer")]
    [DataRow("badly scaled")]
    [DataRow("far from the origin")]
    [DataRow("tiny")]
    [DataRow("huge")]
    public void Normalised_embeddings_agree(string kind)
    {
        var set = TrainingSet.Create(kind);
        var sums = new EmbeddingAccumulator(set.Dimension, normalize: true);
        sums.Add(set.Rows);
        ModelledEmbedding fitted = sums.Fit(rank: 3);
        ModelledEmbedding model = fitted.Calibrate(set.New, 51);
        OnnxGraph graph = model.ToOnnx(0.9, includeWithin: true);
        float[] rows = [.. set.New, .. new float[set.Dimension], .. set.New[..set.Dimension]];
        rows[^1] = float.NaN;

        var run = DetectorRun.Of(graph, rows, set.Dimension);

        // As long as 1, whatever they were.
        float[] units = [.. Embeddings.Split(rows, set.Dimension).SelectMany(row => row.Select(value => (float)(value / Math.Max(Embeddings.Length(row), 1e-12))))];
        float[] expected = model.DistanceToHyperplane(rows);
        for (int i = 0; i < expected.Length; i++)
        {
            double tolerance = float.IsFinite(expected[i]) ? Math.Max(1e-4 * expected[i], 1e-6) : 0;
            Assert.AreEqual(expected[i], run["distance"][i], tolerance, $"row {i}");
        }

        DetectorAssert.AgreesWithin(model, rows, run, graph.Detectors.Single());
        Assert.AreEqual(1f, run["is_out_of_distribution"][^1]);
        var asGiven = new ModelledEmbedding(model.BasisVectors.ToArray(), set.Dimension, [.. model.ExplainedVariance], null);
        float[] independent = asGiven.DistanceToHyperplane(units);
        for (int i = 0; i < independent.Length - 1; i++)
        {
            Assert.AreEqual(independent[i], run["distance"][i], Math.Max(1e-4 * independent[i], 1e-6), $"row {i}");
        }
    }

    [TestMethod]
    public void Rows_in_the_hyperplane_have_no_distance_but_rounding()
    {
        ModelledEmbedding model = Calibrated();
        float[] inside = model.InverseTransform([.. Embeddings.Gaussian(50, model.Rank, 3).Select(value => value * 100)]);

        float[] distances = DetectorRun.Of(model.ToOnnx(), inside, P)["distance"];

        float[][] rows = Embeddings.Split(inside, P);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.AreEqual(0, distances[i], 1e-6 * Embeddings.Length(rows[i]), $"row {i}");
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(101)]
    [DataRow(5000)]
    public void Probability_is_that_of_the_first_percentile_above_whatever_their_number(int count)
    {
        // One direction of two: the distance of (x, d) is |d| to the bit, so that ties with percentiles are ties here too.
        var random = new Random(count);
        float[] percentiles = [.. Enumerable.Range(0, count).Select(_ => (1 + random.Next(count)) / 4f).Order()];
        var model = new ModelledEmbedding([1, 0], 2, [1.0], null, new EmpiricalDistribution(percentiles));
        float[] distances = [0, .. percentiles, .. percentiles.Select(float.BitIncrement), .. percentiles.Select(float.BitDecrement), percentiles[^1] * 10];
        float[] rows = [.. distances.SelectMany(distance => new[] { 3, distance })];

        var run = DetectorRun.Of(model.ToOnnx(0.5), rows, 2);

        float[] expected = [.. distances.Select(distance => Array.FindIndex(percentiles, percentile => distance < percentile) is >= 0 and var i ? (float)(i / (count - 1.0)) : 1)];
        CollectionAssert.AreEqual(distances, run["distance"]);
        CollectionAssert.AreEqual(expected, run["probability"]);
        CollectionAssert.AreEqual(expected.Select(probability => probability >= 0.5f ? 1f : 0f).ToArray(), run["is_out_of_distribution"]);
    }

    [TestMethod]
    public void Scores_without_any_variance_are_no_distance_apart()
    {
        var model = new ModelledEmbedding([1, 0], 2, [1.0], new ScoreDistribution([4.0], []));

        float[] within = DetectorRun.Of(model.ToOnnx(includeWithin: true), [1, 2, float.NaN, 2], 2)["within_distance"];

        CollectionAssert.AreEqual(new[] { 0, float.PositiveInfinity }, within);
    }

    [TestMethod]
    public void Only_standard_operators_of_opset_13_are_used_and_all_outputs_are_described()
    {
        ModelProto model = Calibrated().ToOnnx(includeWithin: true).CopyModel();

        Assert.AreEqual(13, model.OpsetImport.Single().Version);
        Assert.AreEqual("", model.OpsetImport.Single().Domain);
        Assert.IsTrue(model.Graph.Node.All(node => node.Domain.Length == 0));
        Assert.AreEqual("Dime.MLNet", model.ProducerName);
        Assert.AreNotEqual("", model.ProducerVersion);
        CollectionAssert.AreEqual(new[] { 1, 1, 9, 1, 1 }, model.Graph.Output.Select(output => output.Type.TensorType.ElemType).ToArray());
        Assert.IsTrue(model.Graph.Output.All(output => output.Type.TensorType.Shape.Dim.Single().DimParam == "N"));
    }

    [TestMethod]
    public void Arguments_are_checked()
    {
        var single = ModelledEmbedding.Fit([1, 2, 3], 3);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => single.ToOnnx(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => single.ToOnnx(double.NaN));
        Assert.ThrowsExactly<InvalidOperationException>(() => single.ToOnnx(includeWithin: true));
        Assert.ThrowsExactly<ArgumentNullException>(() => default(ModelledEmbedding)!.ToOnnx());
        Assert.ThrowsExactly<ArgumentNullException>(() => default(DimeTransformer)!.ToOnnx());
    }

    private static ModelledEmbedding Calibrated() =>
        ModelledEmbedding.Fit(Embeddings.Features(300, P, 1), P, rank: 12).Calibrate(Embeddings.Features(200, P, 2), 500);
}
