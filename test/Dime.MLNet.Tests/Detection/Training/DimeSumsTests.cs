using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection.Training;

/// <summary>Parts of training data, accumulated apart and merged, give the model of the whole.</summary>
[TestClass]
public sealed class DimeSumsTests
{
    private const int Seed = 7;
    private const int MaxRows = 50;
    private const double Share = 0.4;

    private static readonly DimeOptions _options = new()
    {
        Rank = 2,
        PercentileCount = 21,
        ExampleWeightColumnName = nameof(EmbeddingRow.Weight),
        Calibration = Calibration.HeldOut(Share, MaxRows),
        WithinDistanceColumnName = "Within",
    };

    private readonly MLContext _mlContext = new(seed: Seed);

    [TestMethod]
    [DataRow(false, 0.4, 50)]
    [DataRow(true, 0.4, 50)]
    [DataRow(false, 0.2, 20_000)]
    public void Fit_is_to_accumulate_and_then_to_fit(bool normalize, double share, int maxRows)
    {
        IDataView data = Load(Rows(500));
        var estimator = new DimeEstimator(_mlContext, With(Calibration.HeldOut(share, maxRows), normalize));

        ModelledEmbedding whole = estimator.Fit(data).Embedding;
        DimeSums sums = estimator.Accumulate(data);

        SameBits(whole, estimator.Fit(sums).Embedding);
        SameBits(whole, estimator.Fit(Orders.Reloaded(sums)).Embedding);
        SameBits(whole, estimator.Fit(DetectorSums.Merge([sums])).Embedding);
        Assert.AreEqual((500L, 1L, 0L, Seed), (sums.RowCount, sums.SkippedCount, sums.UnclassifiedCount, sums.Seed));
        Assert.AreEqual(("", 500L), (sums.Sources.Single().Name, sums.Sources.Single().RowCount));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Rows_with_the_smallest_hashes_are_held_out_however_parts_are_cut_and_merged(int seed)
    {
        var parts = new Parts<EmbeddingRow>(Rows(600), 9, seed);
        var estimator = new DimeEstimator(_mlContext, _options);
        List<EmbeddingRow> heldOut = parts.HeldOut(Seed, Share, MaxRows);
        List<EmbeddingRow> others = [.. Enumerable.Range(0, 9).SelectMany(i => parts[i]).Except(heldOut)];
        var sums = new EmbeddingAccumulator(Embeddings.Dimension);
        sums.Add(Embeddings.Flatten(others), [.. others.Select(row => row.Weight)]);
        ModelledEmbedding expected = sums.Fit(rank: 2).Calibrate(Embeddings.Flatten(heldOut), 21);

        DimeSums merged = DetectorSums.Merge(InPairs(Orders.Shuffled(Accumulate(estimator, parts), seed)));

        Assert.AreEqual((MaxRows, 600L), (merged.HeldOutCount, merged.RowCount));
        CollectionAssert.AreEqual(heldOut.Select(row => row.Features[0]).ToArray(), merged.Sums.Sample!.Rows.Select(row => row.Values.Span[0]).ToArray());
        SameModels.Sums(sums, (EmbeddingAccumulator)merged.Sums.Rows);
        ModelledEmbedding model = estimator.Fit(merged).Embedding;
        SameModels.Distances(expected, model, Embeddings.Flatten(Embeddings.Create(100, seed: 9)));
        for (int i = 0; i < 21; i++)
        {
            Assert.AreEqual(expected.DistancePercentiles.Span[i], model.DistancePercentiles.Span[i], 1e-5 * expected.DistancePercentiles.Span[i] + 1e-6);
        }
    }

    [TestMethod]
    public void Merging_in_the_order_of_names_gives_the_same_bits_whatever_was_stored_in_between()
    {
        // Also parts of fewer rows than values, which come as rows behind others that were pushed out.
        var parts = new Parts<EmbeddingRow>(Rows(600), 7, seed: 5, cuts: [100, 103, 200, 203, 206, 400]);
        var estimator = new DimeEstimator(_mlContext, _options);
        List<DimeSums> sums = Accumulate(estimator, parts);
        byte[] expected = Orders.BytesOf(DetectorSums.Merge(sums));

        DimeSums? step = null;
        foreach (DimeSums part in Accumulate(estimator, parts))
        {
            step = Orders.Reloaded(step is null ? DetectorSums.Merge([part]) : DetectorSums.Merge([step, Orders.Reloaded(part)]));
        }

        CollectionAssert.AreEqual(expected, Orders.BytesOf(step!));
        CollectionAssert.AreEqual(expected, Orders.BytesOf(DetectorSums.Merge([DetectorSums.Merge(sums.Take(4)), .. sums.Skip(4)])));

        // The parts themselves stay as they are.
        CollectionAssert.AreEqual(expected, Orders.BytesOf(DetectorSums.Merge(sums)));
        CollectionAssert.AreNotEqual(expected, Orders.BytesOf(DetectorSums.Merge(sums.AsEnumerable().Reverse())));
        CollectionAssert.AreEqual(parts.Names.ToArray(), step!.Sources.Select(source => source.Name).ToArray());
        CollectionAssert.AreEqual(sums.Select(part => part.Identity).ToArray(), step.Sources.Select(source => source.Identity).ToArray());
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(40)]
    public void Few_rows_become_sums_when_a_merge_has_as_many_as_values(int rowsOfAPart)
    {
        // Length 6: parts that keep their rows, or sums, or both.
        List<EmbeddingRow> rows = Rows(rowsOfAPart * 3, bad: false);
        var parts = new Parts<EmbeddingRow>(rows, 3, seed: 1, cuts: [rowsOfAPart, rowsOfAPart * 2]);
        var estimator = new DimeEstimator(_mlContext, Embeddings.Uncalibrated);
        var expected = new EmbeddingAccumulator(Embeddings.Dimension);
        expected.Add(Embeddings.Flatten(rows));

        List<DimeSums> sums = Accumulate(estimator, parts);
        DimeSums merged = DetectorSums.Merge(sums.Select(Orders.Reloaded));

        Assert.AreEqual(rowsOfAPart < 6, ((EmbeddingAccumulator)sums[0].Sums.Rows).KeptRows is not null);
        Assert.AreEqual((0, rowsOfAPart * 3L), (merged.HeldOutCount, merged.RowCount));
        SameModels.Sums(expected, (EmbeddingAccumulator)merged.Sums.Rows);
        CollectionAssert.AreEqual(Orders.BytesOf(DetectorSums.Merge(sums)), Orders.BytesOf(merged));
        SameModels.Distances(
            expected.Fit(rank: 2), estimator.Fit(merged).Embedding, Embeddings.Flatten(Embeddings.Create(20, seed: 3)));
    }

    [TestMethod]
    public void Training_set_sample_has_the_smallest_hashes_of_all_parts_and_its_rows_are_in_the_sums_once()
    {
        // More than the 20 000 rows of such a sample.
        const int Count = 21_000;
        var parts = new Parts<EmbeddingRow>(Rows(Count, bad: false), 3, seed: 2);
        var estimator = new DimeEstimator(_mlContext, new DimeOptions { Rank = 2, Calibration = Calibration.TrainingSet });

        DimeSums merged = DetectorSums.Merge(Orders.Shuffled(Accumulate(estimator, parts), 4).Select(Orders.Reloaded));

        CollectionAssert.AreEqual(
            parts.HeldOut(Seed, 1, 20_000).Select(row => row.Features[0]).ToArray(), merged.Sums.Sample!.Rows.Select(row => row.Values.Span[0]).ToArray());
        Assert.AreEqual((Count, 0, (long)Count), ((int)merged.Sums.Rows.Count, merged.HeldOutCount, merged.RowCount));
        Assert.AreEqual(20_000L, estimator.Fit(merged).Embedding.CalibrationRowCount);
    }

    [TestMethod]
    public void Part_without_rows_changes_nothing_and_fits_to_nothing()
    {
        var estimator = new DimeEstimator(_mlContext, _options);
        DimeSums full = estimator.Accumulate(Load(Rows(100)), new AccumulationOptions { Source = "full" });
        DimeSums empty = estimator.Accumulate(Load([]), new AccumulationOptions { Source = "empty" });

        DimeSums merged = DetectorSums.Merge([Orders.Reloaded(empty), full]);

        SameBits(estimator.Fit(full).Embedding, estimator.Fit(merged).Embedding);
        CollectionAssert.AreEqual(new[] { 0L, 100L }, merged.Sources.Select(source => source.RowCount).ToArray());
        Assert.Contains("no embeddings", Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(empty)).Message);
    }

    [TestMethod]
    public void Fit_to_merged_parts_warns_of_the_skipped_rows_of_all_and_a_part_of_its_own()
    {
        var log = new ContextLog(_mlContext);
        var estimator = new DimeEstimator(_mlContext, Embeddings.DistancesOnly);
        var parts = new Parts<EmbeddingRow>([.. Rows(100), .. Rows(100)], 2, seed: 1, cuts: [100]);

        DimeSums merged = DetectorSums.Merge(Accumulate(estimator, parts));
        Assert.AreEqual(2, log.Warnings.Count(message => message.StartsWith("1 of 100 rows were left out", StringComparison.Ordinal)), string.Join('\n', log.Warnings));
        _ = estimator.Fit(merged);

        Assert.AreEqual(1, log.Warnings.Count(message => message.StartsWith("2 of 200 rows were left out", StringComparison.Ordinal)), string.Join('\n', log.Warnings));
        Assert.HasCount(3, log.Warnings);
    }

    [TestMethod]
    public void Options_of_the_fit_alone_are_those_of_the_estimator()
    {
        DimeSums sums = new DimeEstimator(_mlContext, _options).Accumulate(Load(Rows(300)));

        DimeTransformer model = new DimeEstimator(_mlContext, new DimeOptions
        {
            Rank = 3,
            PercentileCount = 11,
            OutlierProbability = 0.8,
            DistanceColumnName = "Other",
            ExampleWeightColumnName = _options.ExampleWeightColumnName,
            Calibration = _options.Calibration,
        }).Fit(sums);

        Assert.AreEqual((3, 11, 0.8, "Other"), (model.Embedding.Rank, model.Embedding.DistancePercentiles.Length, model.OutlierProbability, model.DistanceColumnName));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            () => new DimeEstimator(_mlContext, new DimeOptions { Rank = 9, ExampleWeightColumnName = "Weight", Calibration = _options.Calibration }).Fit(sums));
        Assert.Contains("above the length of the embeddings, 6", error.Message);
    }

    [TestMethod]
    public void Sums_tell_the_options_they_were_made_with()
    {
        var made = new DimeOptions
        {
            InputColumnName = "Features",
            DistanceColumnName = "D",
            ProbabilityColumnName = null,
            OutlierColumnName = "O",
            WithinDistanceColumnName = "WD",
            WithinProbabilityColumnName = "WP",
            ExampleWeightColumnName = "Weight",
            ExplainedVarianceThreshold = 0.75,
            NormalizeEmbeddings = true,
            PercentileCount = 33,
            OutlierProbability = 0.625,
            Calibration = Calibration.HeldOut(0.125, 17),
        };
        DimeSums sums = Orders.Reloaded(new DimeEstimator(_mlContext, made).Accumulate(
            Load(Rows(100)), new AccumulationOptions { Source = "a", Properties = new Dictionary<string, string> { ["layer"] = "l3", ["hash"] = "" } }));

        foreach (System.Reflection.PropertyInfo property in typeof(DimeOptions).GetProperties().Where(property => property.Name != nameof(Calibration)))
        {
            Assert.AreEqual(property.GetValue(made), property.GetValue(sums.Options), property.Name);
        }

        Assert.AreEqual(made.Calibration.Rows, sums.Options.Calibration.Rows);
        CollectionAssert.AreEqual(new[] { "hash=", "layer=l3" }, sums.Properties.Select(property => $"{property.Key}={property.Value}").ToArray());
        Assert.StartsWith("0.", sums.LibraryVersion);
        _ = new DimeEstimator(_mlContext, sums.Options).Fit(sums);
    }

    [TestMethod]
    public void Cancelling_the_context_stops_an_accumulation()
    {
        IEnumerable<EmbeddingRow> Endless()
        {
            for (int i = 0; ; i++)
            {
                if (i == 1000)
                {
                    MLNetInternals.CancelExecution(_mlContext);
                }

                yield return new EmbeddingRow { Features = new float[Embeddings.Dimension] };
            }
        }

        Assert.ThrowsExactly<OperationCanceledException>(
            () => new DimeEstimator(_mlContext, _options).Accumulate(_mlContext.Data.LoadFromEnumerable(Endless())));
    }

    private static DimeOptions With(Calibration calibration, bool normalize) => new()
    {
        Rank = 2,
        PercentileCount = 21,
        NormalizeEmbeddings = normalize,
        ExampleWeightColumnName = nameof(EmbeddingRow.Weight),
        Calibration = calibration,
    };

    /// <summary>Rows of which one is not finite, so that it is skipped, whichever it is that is held out.</summary>
    private static List<EmbeddingRow> Rows(int count, bool bad = true)
    {
        List<EmbeddingRow> rows = Embeddings.Create(count);
        if (bad)
        {
            rows[BadRow(count)].Features[1] = float.NaN;
        }

        return rows;
    }

    private static int BadRow(int count) => count / 2;

    // Bracketed otherwise than one after the other.
    private static IEnumerable<DimeSums> InPairs(IEnumerable<DimeSums> parts) => parts.Chunk(2).Select(pair => DetectorSums.Merge(pair));

    private List<DimeSums> Accumulate(DimeEstimator estimator, Parts<EmbeddingRow> parts) => parts.Accumulate(_mlContext, estimator.Accumulate);

    private IDataView Load(IEnumerable<EmbeddingRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private static void SameBits(ModelledEmbedding expected, ModelledEmbedding actual)
    {
        PrecisionAssert.SameBits(expected.BasisVectors.ToArray(), actual.BasisVectors.ToArray());
        PrecisionAssert.SameBits(expected.DistancePercentiles.ToArray(), actual.DistancePercentiles.ToArray());
        PrecisionAssert.SameBits(expected.WithinDistancePercentiles.ToArray(), actual.WithinDistancePercentiles.ToArray());
        CollectionAssert.AreEqual(expected.ExplainedVariance.ToArray(), actual.ExplainedVariance.ToArray());
    }
}
