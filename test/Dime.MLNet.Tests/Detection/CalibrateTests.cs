using System.Reflection;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>New transformers and chains from old ones, and what the probability and its limit mean.</summary>
[TestClass]
public sealed class CalibrateTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _train;
    private readonly IDataView _calibration;

    public CalibrateTests()
    {
        _train = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));
        _calibration = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(101, seed: 2));
    }

    [TestMethod]
    public void Calibrate_gives_a_new_transformer_and_leaves_the_old_one()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, PercentileCount = 11 }).Fit(_train);
        uint[] before = Embeddings.BitsOf(model.Transform(_train), "DimeProbability");

        DimeTransformer calibrated = model.Calibrate(_calibration);

        Assert.AreNotSame(model, calibrated);
        CollectionAssert.AreEqual(before, Embeddings.BitsOf(model.Transform(_train), "DimeProbability"));
        CollectionAssert.AreNotEqual(before, Embeddings.BitsOf(calibrated.Transform(_train), "DimeProbability"));
        CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(_train)), Embeddings.BitsOf(calibrated.Transform(_train)));
        Assert.AreEqual(11, calibrated.Embedding.Distances!.Percentiles.Length);
        Assert.AreEqual(model.OutlierProbability, calibrated.OutlierProbability);
    }

    [TestMethod]
    public void WithOutlierProbability_gives_a_new_transformer_and_leaves_the_old_one()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(_train);

        DimeTransformer strict = model.WithOutlierProbability(0.25);

        Assert.AreEqual(0.95, model.OutlierProbability);
        Assert.AreEqual(0.25, strict.OutlierProbability);
        Assert.AreSame(model.Embedding, strict.Embedding);
        CollectionAssert.AreEqual(
            model.Transform(_train).GetColumn<float>("DimeProbability").Select(p => p >= 0.25f).ToArray(),
            strict.Transform(_train).GetColumn<bool>("IsOutOfDistribution").ToArray());
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.WithOutlierProbability(0));
        Assert.AreEqual("outlierProbability", error.ParamName);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.WithOutlierProbability(1.01));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.WithOutlierProbability(double.NaN));
    }

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.3)]
    [DataRow(0.7)]
    [DataRow(0.95)]
    [DataRow(1.0)]
    public void Probability_exactly_at_the_limit_is_flagged(double limit)
    {
        // 101 percentiles of 101 rows: row i of the sorted ones lies exactly on percentile i, and has the probability (i + 1) / 100.
        var options = new DimeOptions { Rank = 2, PercentileCount = 101, OutlierProbability = limit };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_train, _calibration);

        IDataView scored = model.Transform(_calibration);
        (float Probability, bool Flag)[] rows =
            [.. scored.GetColumn<float>("DimeProbability").Zip(scored.GetColumn<bool>("IsOutOfDistribution")).OrderBy(row => row.First)];

        for (int i = 0; i < rows.Length; i++)
        {
            int percent = Math.Min(i + 1, 100);
            Assert.AreEqual(percent / 100f, rows[i].Probability);
            Assert.AreEqual(percent >= Math.Round(100 * limit), rows[i].Flag);
        }
    }

    [TestMethod]
    public void Chain_keeps_its_other_transformers_and_scopes()
    {
        TransformerChain<DimeTransformer> model = FitWithTrainingOnlyStage(out CountedMapping mapping);
        int mappedInFit = mapping.Count;

        TransformerChain<DimeTransformer> calibrated = model.Calibrate(Raw(101, seed: 2));

        ITransformer[] before = [.. model], after = [.. calibrated];
        Assert.HasCount(3, after);
        Assert.AreSame(before[0], after[0]);
        Assert.AreSame(before[1], after[1]);
        Assert.AreSame(calibrated.LastTransformer, after[2]);
        Assert.AreNotSame(before[2], after[2]);
        Assert.AreSame(before[2], model.LastTransformer);
        Assert.AreEqual(200, mappedInFit);
        Assert.AreEqual(mappedInFit, mapping.Count, "The stage for training only was applied.");
        CollectionAssert.AreEqual(ScopesOf(model), ScopesOf(calibrated));
        CollectionAssert.AreEqual(new[] { TransformerScope.Everything, TransformerScope.Training, TransformerScope.Everything }, ScopesOf(calibrated));
    }

    [TestMethod]
    public void Chain_is_calibrated_on_what_its_first_stages_make_of_the_data()
    {
        TransformerChain<DimeTransformer> model = FitWithTrainingOnlyStage(out _);
        var rows = new CountedRows<RawRow>(RawRow.From(Embeddings.Create(101, seed: 2)));

        TransformerChain<DimeTransformer> calibrated = model.Calibrate(_mlContext.Data.LoadFromEnumerable(rows));

        float[] expected = model.LastTransformer.Embedding.Calibrate(Embeddings.Flatten(Embeddings.Create(101, seed: 2))).Distances!.Percentiles.ToArray();
        CollectionAssert.AreEqual(expected, calibrated.LastTransformer.Embedding.Distances!.Percentiles.ToArray());
        Assert.AreEqual(1, rows.Enumerations);
    }

    [TestMethod]
    public void Chain_and_data_must_be_given()
    {
        TransformerChain<DimeTransformer> model = FitWithTrainingOnlyStage(out _);

        Assert.ThrowsExactly<ArgumentNullException>(() => model.Calibrate(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => ((TransformerChain<DimeTransformer>)null!).Calibrate(_train));
    }

    private TransformerChain<DimeTransformer> FitWithTrainingOnlyStage(out CountedMapping mapping)
    {
        var counted = new CountedMapping();
        mapping = counted;
        return _mlContext.Transforms.CopyColumns("Features", "Raw")
            .Append(_mlContext.Transforms.CustomMapping<RawRow, MappedRow>(counted.Map, contractName: null), TransformerScope.Training)
            .Append(_mlContext.Transforms.DetectOutOfDistribution(
                new DimeOptions { Rank = 2, ExampleWeightColumnName = "TrainingWeight", Calibration = Calibration.None }))
            .Fit(Raw(200, seed: 1));
    }

    private IDataView Raw(int count, int seed) => _mlContext.Data.LoadFromEnumerable(RawRow.From(Embeddings.Create(count, seed)));

    private static TransformerScope[] ScopesOf(TransformerChain<DimeTransformer> chain) =>
        (TransformerScope[])chain.GetType().GetField("_scopes", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(chain)!;

    private sealed class RawRow
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Raw { get; set; } = [];

        public static IEnumerable<RawRow> From(IEnumerable<EmbeddingRow> rows) => rows.Select(row => new RawRow { Raw = row.Features });
    }

    private sealed class MappedRow
    {
        public float TrainingWeight { get; set; }
    }

    private sealed class CountedMapping
    {
        private int _count;

        public int Count => _count;

        public void Map(RawRow from, MappedRow to)
        {
            Interlocked.Increment(ref _count);
            to.TrainingWeight = 1;
        }
    }
}
