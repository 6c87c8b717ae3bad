using Dime.MLNet.Detection;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Onnx.Detectors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Golden;

/// <summary>Compares what the library reads in a golden file, and computes with it, with the figures beside the file.</summary>
/// <remarks>
/// What is read is the same to the bit. What is computed is not, on another processor or after a change of the kernels that is
/// within their promise: vectors of other widths add in another order. Our own kernels stay within 1e-5 of what they gave;
/// where ONNX Runtime computes or images are decoded, in versions of their own, it is the 1e-4 of the documentation. A
/// probability may be that of the neighbouring percentile; flags are the same.
/// </remarks>
internal static class GoldenAssert
{
    private const double OwnPrecision = 1e-5;
    private const double ForeignPrecision = 1e-4;

    public static void GivesTheSame(GoldenFolder folder, string file)
    {
        switch (Path.GetExtension(file))
        {
            case GoldenFolder.PipelineExtension:
                Pipeline(folder, file);
                break;
            case GoldenFolder.GraphExtension:
                Graph(file);
                break;
            case GoldenFolder.SumsExtension:
                Sums(file);
                break;
            case GoldenFolder.EmbeddingExtension:
                Embedding(file);
                break;
            case GoldenFolder.EnsembleExtension:
                Ensemble(file);
                break;
            case GoldenFolder.PartExtension:
                Part(file);
                break;
            case var other:
                throw new ArgumentException($"No golden file ends with '{other}'.", nameof(file));
        }
    }

    private static void Pipeline(GoldenFolder folder, string file)
    {
        GoldenPipeline expected = GoldenFigures.Read<GoldenPipeline>(file);
        var mlContext = new MLContext();
        ITransformer model = mlContext.Model.Load(file, out DataViewSchema schema);
        using var stages = model as IDisposable;
        DetectorTransformer detector = new ModelZip(File.ReadAllBytes(file)).LoadDetector();
        IDataView rows = expected.Vectors is { } vectors
            ? GoldenRows.Vectors(mlContext, expected.InputColumn, expected.Dimensions!, vectors)
            : GoldenRows.Images(mlContext, folder);

        Assert.AreEqual(rows.Schema[expected.InputColumn].Type, schema[expected.InputColumn].Type);
        Assert.AreEqual(expected.OutlierProbability, detector.OutlierProbability);
        if (detector is DimeTransformer dime)
        {
            SameModel(expected.Model!, GoldenModel.Of(dime.Embedding));
        }
        else
        {
            SameModel(expected.Ensemble!, GoldenEnsembleModel.Of(((EnsembleTransformer)detector).Ensemble));
        }

        string?[] probabilities = [.. detector.Settings.OutputColumns().Where(IsProbability).Select(output => output.Name)];
        IDataView scored = model.Transform(rows);
        foreach ((string column, float[] values) in expected.Outputs)
        {
            float[] actual = GoldenRows.Read(scored, column);
            if (probabilities.Contains(column))
            {
                Probabilities(values, actual, expected.PercentileCount, column);
            }
            else
            {
                Values(values, actual, expected.Vectors is null ? ForeignPrecision : OwnPrecision, column);
            }
        }
    }

    private static void Graph(string file)
    {
        GoldenGraph expected = GoldenFigures.Read<GoldenGraph>(file);
        var graph = OnnxGraph.Load(file);

        Assert.HasCount(expected.Detectors.Length, graph.Detectors);
        foreach ((GoldenDetector golden, OnnxDetectorInfo info) in expected.Detectors.Zip(graph.Detectors))
        {
            var actual = GoldenDetector.Of(graph, info, golden.Embeddings);
            Assert.AreEqual(
                (golden.Name, golden.Tensor, golden.Library, golden.OutlierProbability),
                (actual.Name, actual.Tensor, actual.Library, actual.OutlierProbability));
            CollectionAssert.AreEqual(golden.OutputNames, actual.OutputNames);
            SameModel(golden.Model, actual.Model);
            Values(golden.Distances, actual.Distances, OwnPrecision, info.Name);
            Values(golden.WithinDistances, actual.WithinDistances, OwnPrecision, info.Name);
        }

        Dictionary<string, GoldenModel> probabilities = new(
            from pair in expected.Detectors.Zip(graph.Detectors, (golden, info) => (golden, info))
            from output in new[] { pair.info.ProbabilityOutput, pair.info.WithinProbabilityOutput }.OfType<string>()
            select KeyValuePair.Create(output, pair.golden.Model));
        var run = DetectorRun.Of(File.ReadAllBytes(file), expected.Rows, [.. expected.Dimensions.Select(size => (long)size)]);
        CollectionAssert.AreEquivalent(expected.Outputs.Keys, run.Outputs.ToArray());
        foreach ((string output, float[] values) in expected.Outputs)
        {
            if (probabilities.TryGetValue(output, out GoldenModel? model))
            {
                Probabilities(values, run[output], model.DistancePercentiles.Length, output);
            }
            else
            {
                Values(values, run[output], ForeignPrecision, output);
            }
        }
    }

    private static void Sums(string file)
    {
        GoldenSums expected = GoldenFigures.Read<GoldenSums>(file);
        using FileStream stream = File.OpenRead(file);
        var sums = EmbeddingAccumulator.Load(stream);

        Assert.AreEqual((expected.Count, expected.SkippedCount, expected.TotalWeight), (sums.Count, sums.SkippedCount, sums.TotalWeight));
        CollectionAssert.AreEqual(expected.Sum, sums.Moment.Sum.ToArray());
        CollectionAssert.AreEqual(expected.SecondMoment, SameModels.MatrixOf(sums));
        ModelledEmbedding model = sums.Fit(rank: expected.ExplainedVariance.Length);
        for (int i = 0; i < model.Rank; i++)
        {
            Assert.AreEqual(expected.ExplainedVariance[i], model.ExplainedVariance[i], 1e-9 * expected.ExplainedVariance[i], $"component {i}");
        }

        Values(expected.Distances, model.DistanceToHyperplane(expected.Embeddings), OwnPrecision, "distance");
        Values(expected.WithinDistances, model.DistanceWithinHyperplane(expected.Embeddings), OwnPrecision, "distance within");
    }

    private static void Part(string file)
    {
        GoldenPart expected = GoldenFigures.Read<GoldenPart>(file);
        var sums = DetectorSums.Load(file);
        var actual = GoldenPart.Of(sums, expected.Rows, GoldenPart.Fit(sums));

        CollectionAssert.AreEqual(expected.Sources, actual.Sources);
        CollectionAssert.AreEqual(expected.Counts, actual.Counts);
        Assert.AreEqual((expected.Identity, expected.Seed, expected.Library), (actual.Identity, actual.Seed, actual.Library));
        CollectionAssert.AreEquivalent(expected.Properties, actual.Properties);
        PrecisionAssert.SameBits(expected.HeldOut, actual.HeldOut, "held out");
        Values(expected.Distances, actual.Distances, ForeignPrecision, "distance");
        Probabilities(expected.Probabilities, actual.Probabilities, sums is DimeSums dime ? dime.Options.PercentileCount : ((EnsembleSums)sums).Options.PercentileCount, "probability");
    }

    private static void Embedding(string file)
    {
        GoldenEmbedding expected = GoldenFigures.Read<GoldenEmbedding>(file);
        using FileStream stream = File.OpenRead(file);
        var actual = GoldenEmbedding.Of(ModelledEmbedding.Load(stream), expected.Embeddings);

        SameModel(expected.Model, actual.Model);
        Values(expected.Distances, actual.Distances, OwnPrecision, "distance");
        Values(expected.WithinDistances, actual.WithinDistances, OwnPrecision, "distance within");
        Probabilities(expected.Probabilities, actual.Probabilities, expected.Model.DistancePercentiles.Length, "probability");
    }

    private static void Ensemble(string file)
    {
        GoldenEnsemble expected = GoldenFigures.Read<GoldenEnsemble>(file);
        using FileStream stream = File.OpenRead(file);
        var actual = GoldenEnsemble.Of(ModelledEnsemble.Load(stream), expected.Rows);

        SameModel(expected.Model, actual.Model);
        Values(expected.Scores, actual.Scores, ForeignPrecision, "score");
        Values(expected.Statistics, actual.Statistics, ForeignPrecision, "statistic");
        Probabilities(expected.Probabilities, actual.Probabilities, expected.Model.StatisticPercentiles.Length, "probability");
    }

    private static bool IsProbability(OutputColumn output) =>
        output.Value is OutputValue.Probability or OutputValue.WithinProbability or OutputValue.ScoreProbabilities;

    private static void SameModel(GoldenEnsembleModel expected, GoldenEnsembleModel actual)
    {
        Assert.AreEqual((expected.Columns, expected.CalibrationRowCount), (actual.Columns, actual.CalibrationRowCount));
        CollectionAssert.AreEqual(expected.Scores, actual.Scores);
        CollectionAssert.AreEqual(expected.Classes, actual.Classes);
        PrecisionAssert.SameBits(expected.StatisticPercentiles, actual.StatisticPercentiles, "of the statistics");
    }

    private static void SameModel(GoldenModel expected, GoldenModel actual)
    {
        Assert.AreEqual((expected.Dimension, expected.Rank), (actual.Dimension, actual.Rank));
        CollectionAssert.AreEqual(expected.ExplainedVariance, actual.ExplainedVariance);
        PrecisionAssert.SameBits(expected.BasisVectors, actual.BasisVectors, "of the basis");
        PrecisionAssert.SameBits(expected.DistancePercentiles, actual.DistancePercentiles, "of the distances");
        PrecisionAssert.SameBits(expected.WithinDistancePercentiles, actual.WithinDistancePercentiles, "of the distances within");
    }

    private static void Values(float[] expected, float[] actual, double precision, string name) =>
        Near(expected, actual, value => double.IsFinite(value) ? precision * Math.Abs(value) : 0, name);

    private static void Probabilities(float[] expected, float[] actual, int percentileCount, string name) =>
        Near(expected, actual, _ => 1.01 / (percentileCount - 1), name);

    private static void Near(float[] expected, float[] actual, Func<float, double> tolerance, string name)
    {
        Assert.HasCount(expected.Length, actual, name);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance(expected[i]), $"{name}, value {i}");
        }
    }
}
