using System.Runtime.InteropServices;
using System.Text.Json;
using Dime.MLNet;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>What metadata and weights of ONNX files say of the detectors in them.</summary>
[TestClass]
public sealed class OnnxFormatTests
{
    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 2)]
    public void Detector_reads_as_the_page_says(bool normalizes, int version)
    {
        var sums = new EmbeddingAccumulator(8, normalizes);
        sums.Add(Flat(Rows(200, 8, 1)));
        ModelledEmbedding model = sums.Fit(rank: 3).Calibrate(Flat(Rows(80, 8, 2)), 30);
        OnnxFile file = Saved(model.ToOnnx(outlierProbability: 0.9, includeWithin: true));

        JsonElement metadata = file.Metadata["dime.detector.dime"];

        EmbeddingFields saved = FormatReader.ReadAll(Bytes(model.Save), "DIMEPLAN", 1, reader => EmbeddingFields.Read(reader));
        AreAlike(saved, metadata, file);
        Assert.AreEqual(version, metadata.GetProperty("Version").GetInt32());
        Assert.StartsWith("Dime.MLNet ", metadata.GetProperty("Library").GetString());
        Assert.AreEqual("features", metadata.GetProperty("Tensor").GetString());
        Assert.AreEqual(0.9, metadata.GetProperty("OutlierProbability").GetDouble());
        Assert.AreEqual(30, metadata.GetProperty("PercentileCount").GetInt32());
        Assert.AreEqual(80, metadata.GetProperty("CalibrationRowCount").GetInt64());
        CollectionAssert.AreEqual(saved.Percentiles, file.Percentiles(metadata.GetProperty("Knots"), 30).Single());
        CollectionAssert.AreEqual(saved.WithinPercentiles, Inline<float>(metadata, "WithinKnots"));
        CollectionAssert.AreEqual(new[] { 0.9f }, file.Singles(metadata.GetProperty("Threshold")));
        Assert.IsFalse(metadata.TryGetProperty("Ensemble", out _));
        CollectionAssert.AreEqual(
            new[] { "distance", "probability", "is_out_of_distribution", "within_distance", "within_probability" },
            metadata.GetProperty("Outputs").EnumerateObject().Select(output => output.Value.GetString()).ToArray());
    }

    [TestMethod]
    public void Detectors_of_0_1_0_read_as_the_page_says()
    {
        var file = OnnxFile.Read(File.ReadAllBytes(GoldenFile("detector.onnx")));
        JsonElement metadata = file.Metadata.Single().Value, model = GoldenFigures("detector.onnx").GetProperty("Detectors")[0].GetProperty("Model");

        CollectionAssert.AreEqual(Singles(model.GetProperty("BasisVectors")), file.Singles(metadata.GetProperty("Basis")));
        CollectionAssert.AreEqual(Numbers(model.GetProperty("ExplainedVariance")), Inline<double>(metadata, "ExplainedVariance"));
        CollectionAssert.AreEqual(
            Singles(model.GetProperty("DistancePercentiles")), file.Percentiles(metadata.GetProperty("Knots"), metadata.GetProperty("PercentileCount").GetInt32()).Single());
        Assert.IsFalse(metadata.TryGetProperty("Threshold", out _));
    }

    [TestMethod]
    [DataRow(300)]
    [DataRow(16)]
    public void Ensemble_reads_as_the_page_says(int count)
    {
        ModelledEnsemble model = EnsembleSamples.Fit(count).Calibrate(Flat(EnsembleSamples.Rows(90, 2)), percentileCount: 70);
        OnnxFile file = Saved(model.ToOnnx());
        EnsembleFields saved = FormatReader.ReadAll(Bytes(model.Save), "DIMEENSM", 1, EnsembleFields.Read);

        JsonElement metadata = file.Metadata["dime.detector.dime"], ensemble = metadata.GetProperty("Ensemble");

        Assert.AreEqual((2, 0, 70), (metadata.GetProperty("Version").GetInt32(), metadata.GetProperty("Rank").GetInt32(), metadata.GetProperty("PercentileCount").GetInt32()));
        Assert.AreEqual(JsonValueKind.Null, metadata.GetProperty("Basis").ValueKind);
        CollectionAssert.AreEqual(saved.StatisticPercentiles, file.Percentiles(metadata.GetProperty("Knots"), 70).Single());
        CollectionAssert.AreEqual(
            saved.Scoring.Columns, ensemble.GetProperty("Columns").EnumerateArray().Select(column => (column.GetProperty("Name").GetString()!, column.GetProperty("Dimension").GetInt32())).ToArray());
        CollectionAssert.AreEqual(saved.Scoring.Scores, ensemble.GetProperty("Scores").EnumerateArray().Select(ReadScore).ToArray());
        CollectionAssert.AreEqual(saved.ClassNames, ensemble.GetProperty("ClassNames").EnumerateArray().Select(name => name.GetString()).ToArray());
        Assert.AreEqual(saved.CalibrationRows, ensemble.GetProperty("CalibrationRowCount").GetInt64());
        float[][] percentiles = file.Percentiles(ensemble.GetProperty("Knots"), ensemble.GetProperty("PercentileCount").GetInt32(), saved.Tails.Length);
        CollectionAssert.AreEqual(Flat(saved.Tails.Select(tail => tail.Percentiles)), Flat(percentiles));
        CollectionAssert.AreEqual(saved.Tails.Select(tail => tail.Start).ToArray(), file.Doubles(ensemble.GetProperty("TailStarts")));
        CollectionAssert.AreEqual(saved.Tails.Select(tail => -tail.MeanExcess).ToArray(), file.Doubles(ensemble.GetProperty("NegativeExcesses")));
        JsonElement[] parts = [.. ensemble.GetProperty("Parts").EnumerateArray()];
        Assert.HasCount(saved.Models.Length, parts);
        foreach ((object? fields, JsonElement part) in saved.Models.Zip(parts))
        {
            Assert.AreEqual(fields is EmbeddingFields, part.GetProperty("Hyperplane").ValueKind == JsonValueKind.Object);
            Assert.AreEqual(fields is MahalanobisFields, part.GetProperty("Mahalanobis").ValueKind == JsonValueKind.Object);
            if (fields is EmbeddingFields hyperplane)
            {
                AreAlike(hyperplane, part.GetProperty("Hyperplane"), file);
            }
            else if (fields is MahalanobisFields mahalanobis)
            {
                AreAlike(mahalanobis, part.GetProperty("Mahalanobis"), file);
            }
        }
    }

    private static void AreAlike(EmbeddingFields expected, JsonElement actual, OnnxFile file)
    {
        Assert.AreEqual((expected.Dimension, expected.Rank), (actual.GetProperty("Dimension").GetInt32(), actual.GetProperty("Rank").GetInt32()));
        CollectionAssert.AreEqual(expected.Basis, file.Singles(actual.GetProperty("Basis")));
        CollectionAssert.AreEqual(expected.ExplainedVariance, Inline<double>(actual, "ExplainedVariance"));
        CollectionAssert.AreEqual(expected.ScoreMean, Inline<double>(actual, "ScoreMean"));
        CollectionAssert.AreEqual(expected.Whitening, Inline<float>(actual, "Whitening"));
        CollectionAssert.AreEqual(expected.Spectrum, Inline<double>(actual, "Spectrum"));
        Assert.AreEqual(expected.Normalizes, actual.TryGetProperty("Normalizes", out JsonElement normalizes) && normalizes.GetBoolean());
        Assert.AreEqual(expected.TrainingRows, actual.GetProperty("TrainingRowCount").GetInt64());
    }

    private static void AreAlike(MahalanobisFields expected, JsonElement actual, OnnxFile file)
    {
        double[] Doubles(string name) => actual.GetProperty(name).ValueKind == JsonValueKind.Null ? [] : file.Doubles(actual.GetProperty(name));

        CollectionAssert.AreEqual(expected.Mean, Doubles("Mean"));
        CollectionAssert.AreEqual(expected.Deviation, Doubles("Deviation"));
        CollectionAssert.AreEqual(expected.Matrix, file.Singles(actual.GetProperty("Whitening")));
        CollectionAssert.AreEqual(Array.ConvertAll(expected.ClassMeans, value => (double)value), Doubles("ClassMeans"));
        CollectionAssert.AreEqual(expected.TotalPrecisions ?? [], Doubles("TotalPrecisions"));
        CollectionAssert.AreEqual(expected.Basis, actual.GetProperty("Basis").ValueKind == JsonValueKind.Null ? [] : file.Singles(actual.GetProperty("Basis")));
        Assert.AreEqual(expected.TotalResidual, Doubles("TotalResidualPrecision").FirstOrDefault());
        Assert.AreEqual(expected.WithinResidual, Doubles("WithinResidualPrecision").FirstOrDefault());
        Assert.AreEqual((expected.TrainingRows, expected.LargestRatio), (actual.GetProperty("TrainingRowCount").GetInt64(), actual.GetProperty("LargestVarianceRatio").GetDouble()));
    }

    private static ScoreFields ReadScore(JsonElement score) => new(
        (int)Enum.Parse<OutOfDistributionScoreKind>(score.GetProperty("Kind").GetString()!),
        score.GetProperty("Column").GetString()!,
        score.GetProperty("Weight").GetDouble(),
        score.GetProperty("Normalize").GetBoolean(),
        score.GetProperty("Rank") is { ValueKind: JsonValueKind.Number } rank ? rank.GetInt32() : 0);

    /// <summary>The numbers of a property in base64; null where it is missing.</summary>
    private static T[]? Inline<T>(JsonElement description, string name)
        where T : unmanaged =>
        description.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? MemoryMarshal.Cast<byte, T>(value.GetBytesFromBase64()).ToArray() : null;

    private static OnnxFile Saved(OnnxGraph graph) => OnnxFile.Read(Bytes(graph.Save));
}
