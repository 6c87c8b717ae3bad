using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Models that were saved to a zip score the same in a new process, in which nothing is registered by hand.</summary>
[TestClass]
public sealed class NewProcessTests
{
    private static readonly string[] _all = ["DimeDistance", "DimeProbability", "IsOutOfDistribution", "WD", "WP"];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Detector_alone_scores_to_the_bit_in_batches_and_row_by_row()
    {
        var options = new DimeOptions { Rank = 2, WithinDistanceColumnName = "WD", WithinProbabilityColumnName = "WP" };
        IDataView data = Embedded(300, seed: 1), fresh = Embedded(100, seed: 2);
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data);

        NewProcessReport report = NewProcess.Score(_mlContext, new TransformerChain<DimeTransformer>(model), fresh, _all);

        CollectionAssert.AreEqual(new[] { typeof(DimeTransformer).FullName }, report.Parts);
        CollectionAssert.AreEqual(new[] { "Features Vector<Single, 6>" }, report.InputSchema);
        AssertSameBits(model.Transform(fresh), report, _all);
        CollectionAssert.AreEqual(report.Batch("DimeDistance"), report.Engine);
    }

    [TestMethod]
    public void Long_chain_with_stages_before_and_after_scores_to_the_bit()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(MapRow.From(Embeddings.Create(300)));
        IDataView fresh = _mlContext.Data.LoadFromEnumerable(MapRow.From(Embeddings.Create(60, seed: 2)));
        EstimatorChain<ColumnCopyingTransformer> pipeline = _mlContext.Transforms.GlobalAveragePool("Pooled", "Map")
            .Append(_mlContext.Transforms.NormalizeMeanVariance("Scaled", "Pooled"))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { InputColumnName = "Scaled", Rank = 1 }))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
            {
                InputColumnName = "Pooled",
                Rank = 2,
                DistanceColumnName = "PooledDistance",
                ProbabilityColumnName = null,
                OutlierColumnName = null,
            }))
            .Append(_mlContext.Transforms.Concatenate("Both", "DimeDistance", "PooledDistance"))
            .Append(_mlContext.Clustering.Trainers.KMeans("Both", numberOfClusters: 2))
            .Append(_mlContext.Transforms.CopyColumns("Copied", "DimeProbability"));
        TransformerChain<ColumnCopyingTransformer> model = pipeline.Fit(data);

        string[] columns = ["DimeDistance", "DimeProbability", "IsOutOfDistribution", "PooledDistance", "Copied"];
        NewProcessReport report = NewProcess.Score(_mlContext, model, fresh, columns);

        Assert.AreEqual(typeof(GlobalAveragePoolingTransformer).FullName, report.Parts[0]);
        Assert.HasCount(2, report.Parts.Where(part => part == typeof(DimeTransformer).FullName).ToArray());
        Assert.HasCount(7, report.Parts);
        CollectionAssert.AreEqual(new[] { "Number Int32", "Map Vector<Single, 3, 1, 2>" }, report.InputSchema);
        AssertSameBits(model.Transform(fresh), report, columns);
    }

    [TestMethod]
    public void Network_is_in_the_zip_so_that_its_file_may_be_gone()
    {
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.Copy(ProjectFiles.SampleNetwork, network);
        IDataView data = _mlContext.Data.LoadFromEnumerable(PixelRow.Create(40, seed: 1));
        IDataView fresh = _mlContext.Data.LoadFromEnumerable(PixelRow.Create(10, seed: 2));
        using TransformerChain<DimeTransformer> model = _mlContext.Transforms.ExtractOnnxFeatures("Features", "Pixels", network, SampleFeatures.Tensors[0])
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 3))
            .Fit(data);
        string[] columns = ["DimeDistance", "DimeProbability", "IsOutOfDistribution"];

        File.Delete(network);
        NewProcessReport report = NewProcess.Score(_mlContext, model, fresh, columns);

        Assert.AreEqual(typeof(DimeTransformer).FullName, report.Parts[^1]);
        AssertSameBits(model.Transform(fresh), report, columns);
        Assert.HasCount(10, report.Batch("DimeDistance").Distinct().ToArray());
    }

    private static void AssertSameBits(IDataView expected, NewProcessReport report, string[] columns)
    {
        foreach (string name in columns)
        {
            string[] bits = expected.Schema[name].Type == BooleanDataViewType.Instance
                ? [.. expected.GetColumn<bool>(name).Select(flag => flag ? "1" : "0")]
                : [.. Embeddings.BitsOf(expected, name).Select(value => value.ToString("X8", null))];
            CollectionAssert.AreEqual(bits, report.Batch(name), name);
        }
    }

    private IDataView Embedded(int count, int seed) => _mlContext.Data.LoadFromEnumerable(
        Embeddings.Create(count, seed).Select(row => new FeaturesRow { Features = row.Features }));

    private sealed class FeaturesRow
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class MapRow
    {
        public int Number { get; set; }

        [VectorType(3, 1, 2)]
        public float[] Map { get; set; } = [];

        public static IEnumerable<MapRow> From(IEnumerable<EmbeddingRow> rows) => rows.Select(row => new MapRow { Number = row.Number, Map = row.Features });
    }

    private sealed class PixelRow
    {
        [VectorType(3, 32, 32)]
        public float[] Pixels { get; set; } = [];

        public static IEnumerable<PixelRow> Create(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => new PixelRow { Pixels = [.. Enumerable.Range(0, 3072).Select(_ => (float)(random.NextDouble() * 255))] })];
        }
    }
}
