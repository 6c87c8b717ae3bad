using System.Text.Json;
using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Our steps in the zips of pipelines.</summary>
[TestClass]
public sealed class PipelineFormatTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-");

    [TestCleanup]
    public void Delete() => _folder.Delete(recursive: true);

    [TestMethod]
    public void Detector_of_0_1_0_reads_as_the_page_says()
    {
        ZipStep step = Single(GoldenFile("pipeline-embeddings.zip"), "DIMEXFRM", "DimeTransformer");
        (string?[] names, double limit, int percentiles, EmbeddingFields fields, _) = ReadDetector(step);

        JsonElement figures = GoldenFigures("pipeline-embeddings.zip"), outputs = figures.GetProperty("Outputs");
        CollectionAssert.AreEqual(outputs.EnumerateObject().Select(column => column.Name).Prepend("Features").ToArray(), names);
        Assert.AreEqual(figures.GetProperty("OutlierProbability").GetDouble(), limit);
        Assert.AreEqual(fields.Percentiles.Length, percentiles);
        float[][] rows = [.. Singles(figures.GetProperty("Vectors")).Chunk(fields.Dimension)];
        double[] distances = Numbers(outputs.GetProperty("Distance")), within = Numbers(outputs.GetProperty("WithinDistance"));
        int finite = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            if (!rows[i].All(float.IsFinite))
            {
                Assert.AreEqual(double.PositiveInfinity, distances[i]);
                continue;
            }

            finite++;
            AreNear(distances[i], fields.Distance(rows[i]), 1, "distance");
            AreNear(within[i], fields.DistanceWithin(rows[i]), 1, "distance within");
            Assert.AreEqual(Singles(outputs.GetProperty("Probability"))[i], (float)EmbeddingFields.Probability(fields.Percentiles, (float)distances[i]));
        }

        Assert.IsGreaterThan(4, finite);
    }

    [TestMethod]
    public void Stages_of_0_1_0_read_as_the_page_says()
    {
        IReadOnlyList<ZipStep> steps = ZipStep.ReadAll(GoldenFile("pipeline-images.zip"));
        NetworkFields network = ReadNetwork(steps.Single(step => step.Signature == "DIMEONNX"));
        Assert.AreEqual(1, network.Version);
        CollectionAssert.AreEqual(new[] { ("pixels", "image") }, network.Inputs);
        CollectionAssert.AreEqual(new[] { "Early", "Features" }, network.Outputs.Select(output => output.Column).ToArray());
        Assert.AreEqual((true, 0, false, 4), (network.PoolsMaps, network.PoolsTokens, network.Flattens, network.BatchRows));
        Assert.AreEqual(10, ReadDetector(steps.Single(step => step.Signature == "DIMEXFRM")).Fields.Rank);

        ZipStep pooling = ZipStep.ReadAll(GoldenFile("pipeline-pooling.zip")).Single(step => step.Signature == "DIMEPOOL");
        Assert.AreEqual("DimeGlobalAveragePooling", pooling.Loader);
        Assert.AreEqual(("Pooled", "Map"), FormatReader.ReadAll(pooling.Content, "DIMEPOOL", 1, reader => (reader.Text(), reader.Text())));
        Assert.IsEmpty(ReadDetector(ZipStep.ReadAll(GoldenFile("pipeline-uncalibrated.zip")).Single(step => step.Signature == "DIMEXFRM")).Fields.Percentiles);
    }

    [TestMethod]
    public void Detector_reads_as_the_page_says()
    {
        ModelledEmbedding model = ModelledEmbedding.Fit(Flat(Rows(200, 8, 1)), 8).Calibrate(Flat(Rows(80, 8, 2)), 30);
        var options = new DimeOptions { InputColumnName = "x", ProbabilityColumnName = null, WithinProbabilityColumnName = "é", OutlierProbability = 0.875, PercentileCount = 31, ModelName = "line 3" };

        (string?[] names, double limit, int percentiles, EmbeddingFields fields, string? name) = ReadDetector(
            Single(Saved(new DimeTransformer(_mlContext, model, options)), "DIMEXFRM", "DimeTransformer"));

        CollectionAssert.AreEqual(new[] { "x", "DimeDistance", null, "IsOutOfDistribution", null, "é" }, names);
        Assert.AreEqual((0.875, 31, "line 3"), (limit, percentiles, name));
        CollectionAssert.AreEqual(model.BasisVectors.ToArray(), fields.Basis);
        CollectionAssert.AreEqual(model.DistancePercentiles.ToArray(), fields.Percentiles);
    }

    [TestMethod]
    public void Ensemble_reads_as_the_page_says()
    {
        ModelledEnsemble model = EnsembleSamples.Fit(200).Calibrate(Flat(EnsembleSamples.Rows(90, 2)), 40);
        var options = new EnsembleOptions { OutlierColumnName = null, ScoreProbabilitiesColumnName = "each", OutlierProbability = 0.75, PercentileCount = 41, ModelName = "all" };

        ZipStep step = Single(Saved(new EnsembleTransformer(_mlContext, model, options)), "DIMEENSX", "EnsembleTransformer");
        (string?[] names, double limit, int percentiles, EnsembleFields fields, string? name) = FormatReader.ReadAll(step.Content, "DIMEENSX", 1, reader => (
            (string?[])[.. Enumerable.Range(0, 4).Select(_ => reader.TextOrNone())],
            reader.Double(),
            reader.Int32(),
            EnsembleFields.Read(reader),
            reader.TextOrNone()));

        CollectionAssert.AreEqual(new[] { "DimeDistance", "DimeProbability", null, "each" }, names);
        Assert.AreEqual((0.75, 41, "all"), (limit, percentiles, name));
        EnsembleSamples.AreAlike(model, fields);
    }

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 3)]
    public void Stage_of_a_network_reads_as_the_page_says(bool flattens, int version)
    {
        string network = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx");
        IDataView rows = _mlContext.Data.LoadFromEnumerable(new[] { new PixelRow() });
        using OnnxFeatureTransformer stage = _mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            ModelFile = network,
            InputColumnNames = ["Pixels"],
            TensorNames = ["logits", "/l4/l4.1/Relu_1_output_0"],
            OutputColumnNames = ["Logits", "Map"],
            PoolFeatureMaps = !flattens,
            Flatten = flattens,
            BatchSize = 5,
            IntraOpNumThreads = 2,
        }).Fit(rows);

        NetworkFields fields = ReadNetwork(Single(Saved(stage), "DIMEONNX", "DimeOnnxFeatures"));

        Assert.AreEqual(version, fields.Version);
        CollectionAssert.AreEqual(new[] { ("Pixels", "image") }, fields.Inputs);
        CollectionAssert.AreEqual(new[] { ("Logits", "logits"), ("Map", "/l4/l4.1/Relu_1_output_0") }, fields.Outputs);
        Assert.AreEqual((!flattens, 0, flattens, 5, 2, 0), (fields.PoolsMaps, fields.PoolsTokens, fields.Flattens, fields.BatchRows, fields.Within, fields.Across));
        using var stream = new MemoryStream(fields.Network);
        CollectionAssert.AreEqual(new[] { "logits", "/l4/l4.1/Relu_1_output_0" }, OnnxGraph.Load(stream).Outputs.Select(output => output.Name).ToArray());
    }

    [TestMethod]
    [DataRow(TokenPooling.Mean, 1)]
    [DataRow(TokenPooling.First, 2)]
    public void Stage_of_a_transformer_reads_as_the_page_says(TokenPooling tokens, int number)
    {
        using var network = new MemoryStream(OnnxFile.OfTokens(tokens: 3, channels: 4));
        using OnnxFeatureTransformer stage = _mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            Graph = OnnxGraph.Load(network),
            InputColumnNames = ["Tokens"],
            TensorNames = ["y"],
            OutputColumnNames = ["First"],
            TokenPooling = tokens,
            InterOpNumThreads = 3,
        }).Fit(_mlContext.Data.LoadFromEnumerable(new[] { new TokenRow() }));

        NetworkFields fields = ReadNetwork(Single(Saved(stage), "DIMEONNX", "DimeOnnxFeatures"));

        Assert.AreEqual(2, fields.Version);
        CollectionAssert.AreEqual(new[] { ("Tokens", "x") }, fields.Inputs);
        CollectionAssert.AreEqual(new[] { ("First", "y") }, fields.Outputs);
        Assert.AreEqual((number, false, 0, 0, 3), (fields.PoolsTokens, fields.Flattens, fields.BatchRows, fields.Within, fields.Across));
    }

    private string Saved(ITransformer transformer)
    {
        string path = Path.Combine(_folder.FullName, "model.zip");
        _mlContext.Model.Save(transformer, inputSchema: null, path);
        return path;
    }

    private static ZipStep Single(string path, string signature, string loader)
    {
        ZipStep step = ZipStep.ReadAll(path).Single();
        Assert.AreEqual(("TransformerChain/Model.key", signature, loader, "Dime.MLNet"), (step.Entry, step.Signature, step.Loader, step.Assembly));
        return step;
    }

    private static (string?[] Names, double Limit, int Percentiles, EmbeddingFields Fields, string? Name) ReadDetector(ZipStep step) =>
        FormatReader.ReadAll(step.Content, "DIMEMODL", 2, reader => (
            (string?[])[reader.Text(), .. Enumerable.Range(0, 5).Select(_ => reader.TextOrNone())],
            reader.Double(),
            reader.Int32(),
            EmbeddingFields.Read(reader, endsWithPercentiles: reader.Version == 1),
            reader.Version == 1 ? null : reader.TextOrNone()));

    private static NetworkFields ReadNetwork(ZipStep step) => FormatReader.ReadAll(step.Content, "DIMEONNX", 3, reader => new NetworkFields(
        reader.Version,
        reader.ListOf(() => (reader.Text(), reader.Text())),
        reader.ListOf(() => (reader.Text(), reader.Text())),
        reader.Bool(),
        reader.Version >= 2 ? reader.Int32() : 0,
        reader.Version >= 3 && reader.Bool(),
        reader.Int32(),
        reader.Int32(),
        reader.Int32(),
        reader.Bytes(reader.Int32())));

    private sealed record NetworkFields(
        int Version, (string Column, string Tensor)[] Inputs, (string Column, string Tensor)[] Outputs, bool PoolsMaps, int PoolsTokens, bool Flattens, int BatchRows, int Within, int Across, byte[] Network);

    private sealed class TokenRow
    {
        [VectorType(3, 4)]
        public float[] Tokens { get; set; } = new float[3 * 4];
    }

    private sealed class PixelRow
    {
        [VectorType(3, 32, 32)]
        public float[] Pixels { get; set; } = new float[3 * 32 * 32];
    }
}
