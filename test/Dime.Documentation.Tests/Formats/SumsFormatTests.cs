using System.Security.Cryptography;
using System.Text.Json;
using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Sums in files, compared with sums of the rows.</summary>
[TestClass]
public sealed class SumsFormatTests
{
    private const int Width = 6;

    private readonly MLContext _mlContext = new(seed: 7);

    [TestMethod]
    public void Sums_of_0_1_0_read_as_the_page_says()
    {
        EmbeddingSumsFields sums = ReadSums(File.ReadAllBytes(GoldenFile("accumulator.sums")), version: 1);

        JsonElement figures = GoldenFigures("accumulator.sums");
        Assert.AreEqual((figures.GetProperty("Count").GetInt64(), figures.GetProperty("SkippedCount").GetInt64()), (sums.Count, sums.LeftOut));
        Assert.AreEqual(figures.GetProperty("TotalWeight").GetDouble(), sums.WeightSum);
        CollectionAssert.AreEqual(Numbers(figures.GetProperty("Sum")), sums.Sum);
        double[] square = Numbers(figures.GetProperty("SecondMoment"));
        CollectionAssert.AreEqual(
            Enumerable.Range(0, sums.Dimension).SelectMany(i => square[((i * sums.Dimension) + i)..((i + 1) * sums.Dimension)]).ToArray(), sums.Upper);
    }

    [TestMethod]
    [DataRow(50, false, 1)]
    [DataRow(50, true, 2)]
    [DataRow(4, true, 3)]
    [DataRow(5, false, 3)]
    public void Sums_read_as_the_page_says(int count, bool normalizes, int version)
    {
        float[][] rows = Rows(count, Width, 1);
        float[] weights = [.. Enumerable.Range(0, count).Select(i => i % 3 * 0.5f)];
        var accumulator = new EmbeddingAccumulator(Width, normalizes);
        accumulator.Add(Flat(rows.Append([1, 2, 3, float.NaN, 5, 6])), [.. weights, 1]);

        EmbeddingSumsFields sums = ReadSums(Bytes(accumulator.Save), version);

        Assert.AreEqual((Width, normalizes, (long)count, 1L), (sums.Dimension, sums.Normalizes, sums.Count, sums.LeftOut));
        if (version == 3)
        {
            CollectionAssert.AreEqual(Flat(rows), Flat(sums.Rows));
            CollectionAssert.AreEqual(weights, sums.Weights);
        }
        else
        {
            AreSums(rows, weights, sums);
        }
    }

    [TestMethod]
    public void Part_of_a_hyperplane_reads_as_the_page_says()
    {
        float[][] rows = Rows(300, Width, 1);
        rows[17][2] = float.PositiveInfinity;
        var options = new DimeOptions
        {
            InputColumnName = "Values",
            ExampleWeightColumnName = "Weight",
            WithinDistanceColumnName = "within",
            OutlierColumnName = null,
            Rank = 2,
            ExplainedVarianceThreshold = 0.75,
            OutlierProbability = 0.875,
            PercentileCount = 77,
            ModelName = "line 3",
            Calibration = Calibration.HeldOut(0.25, maxRows: 40),
        };
        DimeSums sums = _mlContext.Transforms.DetectOutOfDistribution(options).Accumulate(
            View(rows), new AccumulationOptions { Source = "a", Properties = new Dictionary<string, string> { ["z"] = "1", ["network"] = "ü" } });

        byte[] bytes = Bytes(sums.Save);
        var part = PartFields.Read(bytes);

        Assert.AreEqual((sums.LibraryVersion, 7), (part.Library, part.Seed));
        CollectionAssert.AreEqual(new[] { ("network", "ü"), ("z", "1") }, part.Properties);
        CollectionAssert.AreEqual(new[] { "Values" }, part.InputColumns);
        CollectionAssert.AreEqual(new[] { "DimeDistance", "DimeProbability", null, "within", null, null }, part.OutputColumns);
        Assert.AreEqual((0.875, 77, "line 3"), (part.Limit, part.Percentiles, part.ModelName));
        Assert.AreEqual((0.25, 40, true), (part.Share, part.MostRows, part.AreHeldOut));
        Assert.AreEqual(("Weight", 0.75, 2), (part.WeightColumn, part.ExplainedVariance, part.Rank));
        Assert.IsFalse(part.IsMerged);
        CollectionAssert.AreEqual(new[] { ("a", 300L, "") }, part.Parts);
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32))), sums.Identity);
        Assert.HasCount(40, part.Rows);
        AreDrawn(part, rows);
        Assert.IsTrue(part.Rows.All(row => row.Weight == WeightOf((int)row.Low) && row.Class == 0));

        HashSet<int> heldOut = [.. part.Rows.Select(row => (int)row.Low)];
        int[] summed = [.. Enumerable.Range(0, 300).Where(i => i != 17 && !heldOut.Contains(i))];
        Assert.AreEqual((summed.Length, 1L), (part.Hyperplane!.Count, part.Hyperplane.LeftOut));
        AreSums([.. summed.Select(i => rows[i])], [.. summed.Select(WeightOf)], part.Hyperplane);
    }

    [TestMethod]
    public void Parts_of_an_ensemble_read_as_the_page_says()
    {
        var options = new EnsembleOptions
        {
            Scores = [OutOfDistributionScore.FeatureNorm("Values"), OutOfDistributionScore.ClassMahalanobis("Values"), OutOfDistributionScore.Hyperplane("Values", normalize: true, rank: 2)],
            ClassColumnName = "Label",
            Calibration = Calibration.HeldOut(0.25),
        };
        float[][] first = Rows(120, Width, 1), second = Rows(4, Width, 2);
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(options);
        EnsembleSums a = estimator.Accumulate(View(first), new AccumulationOptions { Source = "a" }), b = estimator.Accumulate(View(second), new AccumulationOptions { Source = "b" });

        PartFields part = PartFields.Read(Bytes(a.Save)), merged = PartFields.Read(Bytes(DetectorSums.Merge([a, b]).Save));

        AreDrawn(part, first);
        Assert.IsTrue(part.Rows.All(row => (row.Class < 0 ? null : part.Ensemble!.Classes[row.Class].Name) == LabelOf((int)row.Low)));
        Assert.AreEqual("Label", part.ClassColumn);
        EnsembleSumsFields sums = part.Ensemble!;
        Assert.IsNull(sums.LogitsColumn);
        CollectionAssert.AreEqual(new[] { 5, 3, 0 }, sums.Scoring.Scores.Select(score => score.Kind).ToArray());
        HashSet<int> heldOut = [.. part.Rows.Select(row => (int)row.Low)];
        int[] summed = [.. Enumerable.Range(0, 120).Where(i => LabelOf(i) is not null && !heldOut.Contains(i))];
        Assert.AreEqual((summed.Length, 0L, 120 - heldOut.Count - summed.Length, summed.Length), (sums.Count, sums.LeftOut, sums.Unclassified, sums.WeightSum));
        Assert.HasCount(2, sums.Sums);
        for (int s = 0; s < 2; s++)
        {
            Assert.AreEqual(s == 1, sums.Sums[s].All.Normalizes);
            AreSums([.. summed.Select(i => first[i])], [.. summed.Select(_ => 1f)], sums.Sums[s].All);
        }

        Assert.IsEmpty(sums.Sums[1].Classes);
        for (int c = 0; c < sums.Classes.Length; c++)
        {
            int[] ofClass = [.. summed.Where(i => LabelOf(i) == sums.Classes[c].Name)];
            Assert.AreEqual(ofClass.Length, sums.Classes[c].Weight);
            for (int j = 0; j < Width; j++)
            {
                AreNear(ofClass.Sum(i => (double)first[i][j]), sums.Sums[0].Classes[c]![j], 1, "sum of a class");
            }
        }

        Assert.IsTrue(merged.IsMerged);
        CollectionAssert.AreEqual(new[] { ("a", 120L, a.Identity), ("b", 4L, b.Identity) }, merged.Parts);
        AreDrawn(merged, first, second);
    }

    [TestMethod]
    public void Part_of_an_ensemble_by_logits_reads_as_the_page_says()
    {
        var options = new EnsembleOptions { Scores = [OutOfDistributionScore.ClassMahalanobis("Values")], LogitsColumnName = "Logits", Calibration = Calibration.None };
        EnsembleSums saved = _mlContext.Transforms.DetectOutOfDistribution(options).Accumulate(View(Rows(60, Width, 1)));

        var part = PartFields.Read(Bytes(saved.Save));

        Assert.AreEqual((0.0, 0, false), (part.Share, part.MostRows, part.AreHeldOut));
        Assert.AreEqual("Logits", part.Ensemble!.LogitsColumn);
        CollectionAssert.AreEqual(new[] { ("0", 20.0), ("1", 20.0), ("2", 20.0) }, part.Ensemble.Classes);
        Assert.IsEmpty(part.Rows);
    }

    private static EmbeddingSumsFields ReadSums(byte[] bytes, int version) => FormatReader.ReadAll(bytes, "DIMESUMS", 3, reader =>
    {
        Assert.AreEqual(version, reader.Version);
        return EmbeddingSumsFields.Read(reader, reader.Version);
    });

    private static void AreSums(float[][] rows, float[] weights, EmbeddingSumsFields sums)
    {
        double[][] scaled = [.. rows.Select(row => Plain.Of(row, sums.Normalizes))];
        double[] squares = [.. Enumerable.Range(0, Width).SelectMany(i => Enumerable.Range(i, Width - i).Select(j => scaled.Select((row, n) => row[i] * row[j] * weights[n]).Sum()))];
        Assert.AreEqual(weights.Sum(weight => (double)weight), sums.WeightSum);
        Assert.HasCount(squares.Length, sums.Upper);
        for (int i = 0; i < Width; i++)
        {
            AreNear(scaled.Select((row, n) => row[i] * weights[n]).Sum(), sums.Sum[i], 1, "sum");
        }

        for (int i = 0; i < squares.Length; i++)
        {
            AreNear(squares[i], sums.Upper[i], 1, "second moment");
        }
    }

    /// <summary>The rows are those of the ids, in the order of their keys, below the share, and all of these where there is room.</summary>
    private static void AreDrawn(PartFields part, params float[][][] sources)
    {
        ulong Key(int source, int id) => new CalibrationRowFields(source, (ulong)id, 0, 1, 0, []).Key(part.Seed, part.Parts[source].Name);

        foreach (CalibrationRowFields row in part.Rows)
        {
            Assert.AreEqual(0UL, row.High);
            CollectionAssert.AreEqual(sources[row.Part][row.Low], row.Values);
        }

        ulong limit = (ulong)(part.Share * ulong.MaxValue);
        (int, int)[] expected = sources.SelectMany((rows, source) => rows.Select((row, id) => (Source: source, Id: id, IsFinite: row.All(float.IsFinite))))
            .Where(row => row.IsFinite && Key(row.Source, row.Id) <= limit)
            .OrderBy(row => Key(row.Source, row.Id))
            .Take(part.MostRows)
            .Select(row => (row.Source, row.Id))
            .ToArray();
        CollectionAssert.AreEqual(expected, part.Rows.Select(row => (row.Part, (int)row.Low)).ToArray());
    }

    private static float WeightOf(int i) => 0.5f * (i % 4);

    private static string? LabelOf(int i) => i % 10 == 9 ? null : i % 3 == 0 ? "cat" : "dog";

    private IDataView View(float[][] rows) => _mlContext.Data.LoadFromEnumerable(rows.Select((row, i) =>
    {
        float[] logits = new float[3];
        logits[i % 3] = 4;
        return new LabelledRow { Values = row, Weight = WeightOf(i), Label = LabelOf(i), Logits = logits };
    }).ToArray());

    private sealed class LabelledRow
    {
        [VectorType(Width)]
        public float[] Values { get; set; } = [];

        public float Weight { get; set; }

        public string? Label { get; set; }

        [VectorType(3)]
        public float[] Logits { get; set; } = [];
    }
}
