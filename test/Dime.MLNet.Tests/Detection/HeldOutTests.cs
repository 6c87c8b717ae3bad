using Dime.MLNet.Detection.Training;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Which rows calibrate, and that they do not enter the hyperplane.</summary>
[TestClass]
public sealed class HeldOutTests
{
    private const int Count = 400;

    [TestMethod]
    [DataRow(20_000)]
    [DataRow(30)]
    public void Held_out_rows_calibrate_and_all_others_make_the_hyperplane(int maxRows)
    {
        List<EmbeddingRow> rows = Embeddings.Create(Count);
        DimeTransformer model = Fit(new MLContext(seed: 7), rows, new DimeOptions { Rank = 2, PercentileCount = 21, Calibration = Calibration.HeldOut(0.3, maxRows) });

        HashSet<int> heldOut = HeldOut(new MLContext(seed: 7), rows, share: 0.3, maxRows, seed: 7);

        ModelledEmbedding expected = ModelledEmbedding
            .Fit(Embeddings.Flatten(rows.Where(row => !heldOut.Contains(row.Number))), Embeddings.Dimension, rank: 2)
            .Calibrate(Embeddings.Flatten(rows.Where(row => heldOut.Contains(row.Number))), 21);
        Assert.IsTrue(maxRows == 30 ? heldOut.Count == 30 : heldOut.Count is > 80 and < 160, $"{heldOut.Count} rows were held out.");
        for (int i = 0; i < 2; i++)
        {
            // Rows that were pushed out of the sample enter the sums late, so the last bits may differ.
            Assert.AreEqual(expected.ExplainedVariance[i], model.Embedding.ExplainedVariance[i], 1e-12);
        }

        float[] all = Embeddings.Flatten(rows);
        float[] distances = expected.DistanceToHyperplane(all), found = model.Embedding.DistanceToHyperplane(all);
        for (int i = 0; i < Count; i++)
        {
            Assert.AreEqual(distances[i], found[i], 1e-5 * distances[i] + 1e-6);
        }

        AssertPercentiles(expected, model.Embedding);
    }

    [TestMethod]
    public void Rows_pushed_out_of_the_sample_keep_their_weights()
    {
        List<EmbeddingRow> rows = Embeddings.Create(Count);
        var options = new DimeOptions { Rank = 2, ExampleWeightColumnName = "Weight", Calibration = Calibration.HeldOut(0.5, 20) };

        DimeTransformer model = Fit(new MLContext(seed: 3), rows, options);

        HashSet<int> heldOut = HeldOut(new MLContext(seed: 3), rows, share: 0.5, maxRows: 20, seed: 3);
        List<EmbeddingRow> others = [.. rows.Where(row => !heldOut.Contains(row.Number))];
        var sums = new EmbeddingAccumulator(Embeddings.Dimension);
        sums.Add(Embeddings.Flatten(others), [.. others.Select(row => row.Weight)]);
        Assert.AreEqual(sums.Fit(rank: 2).ExplainedVariance[0], model.Embedding.ExplainedVariance[0], 1e-12);
    }

    [TestMethod]
    public void Same_seed_gives_the_same_bits_and_another_seed_another_model()
    {
        List<EmbeddingRow> rows = Embeddings.Create(Count);

        uint[] first = Bits(Fit(new MLContext(seed: 1), rows, new DimeOptions { Rank = 2 }));
        uint[] again = Bits(Fit(new MLContext(seed: 1), rows, new DimeOptions { Rank = 2 }));
        uint[] other = Bits(Fit(new MLContext(seed: 2), rows, new DimeOptions { Rank = 2 }));

        CollectionAssert.AreEqual(first, again);
        CollectionAssert.AreNotEqual(first, other);
    }

    [TestMethod]
    public void No_seed_counts_as_seed_zero()
    {
        List<EmbeddingRow> rows = Embeddings.Create(Count);

        CollectionAssert.AreEqual(
            Bits(Fit(new MLContext(), rows, new DimeOptions { Rank = 2 })), Bits(Fit(new MLContext(seed: 0), rows, new DimeOptions { Rank = 2 })));
    }

    [TestMethod]
    public void Estimator_from_a_constructor_holds_out_the_rows_of_one_from_the_catalog()
    {
        var mlContext = new MLContext(seed: 5);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(Count));

        CollectionAssert.AreEqual(
            Bits(mlContext.Transforms.DetectOutOfDistribution().Fit(data)), Bits(new DimeEstimator(mlContext).Fit(data)));
    }

    [TestMethod]
    public void Training_set_sample_is_bounded()
    {
        // More rows than the bound of 20 000, of one value each.
        const int Bound = 20_000;
        var mlContext = new MLContext(seed: 1);
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        IDataView data = mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, Bound + 5000).Select(i => new EmbeddingRow { Features = [1, i % 100] }), definition);
        var log = new ContextLog(mlContext);

        _ = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 1, Calibration = Calibration.TrainingSet }).Fit(data);

        Assert.IsTrue(log.Infos.Any(message => message.StartsWith($"{Bound} rows calibrate", StringComparison.Ordinal)), string.Join('\n', log.Infos));
        Assert.IsTrue(log.Infos.Any(message => message.Contains($"of {Bound + 5000} rows", StringComparison.Ordinal)), string.Join('\n', log.Infos));
    }

    [TestMethod]
    public void Too_few_rows_to_share_out_is_an_error_with_the_remedy()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            () => Fit(new MLContext(seed: 1), Embeddings.Create(1), new DimeOptions { Rank = 1 }));

        Assert.Contains("'Features'", error.Message);
        Assert.Contains("do without calibration", error.Message);
    }

    private static DimeTransformer Fit(MLContext mlContext, List<EmbeddingRow> rows, DimeOptions options) =>
        mlContext.Transforms.DetectOutOfDistribution(options).Fit(mlContext.Data.LoadFromEnumerable(rows));

    /// <summary>The numbers of the rows that a sample with the seed takes, by the row ids of the data view.</summary>
    private static HashSet<int> HeldOut(MLContext mlContext, List<EmbeddingRow> rows, double share, int maxRows, int seed)
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(rows);
        var sample = new RowSample(maxRows, width: 1);
        var draw = new RowDraw(sample, share, seed, source: "");
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        ValueGetter<DataViewRowId> idGetter = cursor.GetIdGetter();
        ValueGetter<int> numberGetter = cursor.GetGetter<int>(data.Schema["Number"]);
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            int number = 0;
            idGetter(ref id);
            numberGetter(ref number);
            draw.Offer(id, [number]);
        }

        return [.. sample.Rows.Select(row => (int)row.Values.Span[0])];
    }

    private static uint[] Bits(DimeTransformer model) =>
        [.. Embeddings.BitsOf(model.Embedding.BasisVectors.ToArray()), .. Embeddings.BitsOf(model.Embedding.Distances!.Percentiles.ToArray())];

    private static void AssertPercentiles(ModelledEmbedding expected, ModelledEmbedding actual)
    {
        ReadOnlySpan<float> wanted = expected.Distances!.Percentiles, found = actual.Distances!.Percentiles;
        Assert.AreEqual(wanted.Length, found.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.AreEqual(wanted[i], found[i], 1e-5 * wanted[i] + 1e-6);
        }
    }
}
