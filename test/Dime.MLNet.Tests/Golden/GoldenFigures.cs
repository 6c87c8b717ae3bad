using System.Text.Json;
using System.Text.Json.Serialization;
using Dime.MLNet.Modelling;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Golden;

/// <summary>What a golden file was given and what it made of that; matrices are row-major, flags are 0 and 1.</summary>
/// <remarks>Stands beside the file, under its name and ".json".</remarks>
internal abstract record GoldenFigures
{
    // Shortest digits that restore the very number; embeddings and distances may be no finite numbers.
    private static readonly JsonSerializerOptions _options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static T Read<T>(string file)
        where T : GoldenFigures => JsonSerializer.Deserialize<T>(File.ReadAllText(file + ".json"), _options)!;

    public void Write(string file) => File.WriteAllText(file + ".json", JsonSerializer.Serialize(this, GetType(), _options) + "\n");
}

/// <summary>A pipeline's zip: vectors of the dimensions go in, or the images of the folder where there are none; columns come out.</summary>
internal sealed record GoldenPipeline(
    string InputColumn,
    int[]? Dimensions,
    float[]? Vectors,
    Dictionary<string, float[]> Outputs,
    double OutlierProbability,
    GoldenModel? Model,
    GoldenEnsembleModel? Ensemble = null) : GoldenFigures
{
    /// <summary>The percentiles that its probabilities count in.</summary>
    public int PercentileCount => Model?.DistancePercentiles.Length ?? Ensemble!.StatisticPercentiles.Length;
}

/// <summary>An ONNX file: rows of the dimensions go in, all outputs come out.</summary>
internal sealed record GoldenGraph(
    int[] Dimensions,
    float[] Rows,
    Dictionary<string, float[]> Outputs,
    GoldenDetector[] Detectors) : GoldenFigures;

/// <summary>The sums of embeddings, and the fit to them by rank.</summary>
internal sealed record GoldenSums(
    long Count,
    long SkippedCount,
    double TotalWeight,
    double[] Sum,
    double[] SecondMoment,
    double[] ExplainedVariance,
    float[] Embeddings,
    float[] Distances,
    float[] WithinDistances) : GoldenFigures;

/// <summary>A fitted and calibrated model, and what it makes of embeddings.</summary>
internal sealed record GoldenEmbedding(
    GoldenModel Model,
    float[] Embeddings,
    float[] Distances,
    float[] WithinDistances,
    float[] Probabilities) : GoldenFigures
{
    public static GoldenEmbedding Of(ModelledEmbedding model, float[] embeddings) => new(
        GoldenModel.Of(model),
        embeddings,
        model.DistanceToHyperplane(embeddings),
        model.DistanceWithinHyperplane(embeddings),
        model.ProbabilityOfDistanceToHyperplane(embeddings));
}

/// <summary>A fitted and calibrated ensemble, and what it makes of rows.</summary>
internal sealed record GoldenEnsemble(GoldenEnsembleModel Model, float[] Rows, float[] Scores, float[] Statistics, float[] Probabilities) : GoldenFigures
{
    public static GoldenEnsemble Of(ModelledEnsemble model, float[] rows) => new(
        GoldenEnsembleModel.Of(model), rows, model.MeasureScores(rows), model.Statistic(rows), model.Probability(rows));
}

/// <summary>The sums of parts of the training data, the fit to them, and what the fitted model makes of rows.</summary>
internal sealed record GoldenPart(
    string[] Sources,
    long[] Counts,
    string Identity,
    int Seed,
    string Library,
    Dictionary<string, string> Properties,
    float[] HeldOut,
    float[] Rows,
    float[] Distances,
    float[] Probabilities) : GoldenFigures
{
    public static GoldenPart Of(DetectorSums sums, float[] rows, IDetectorModel model)
    {
        float[] distances = new float[rows.Length / model.Dimensions.Sum()];
        model.Measure(rows, distances, [], []);
        float[] probabilities = [.. distances];
        model.Distances!.ReplaceByProbabilities(probabilities);
        return new GoldenPart(
            [.. sums.Sources.Select(source => source.ToString())],
            [sums.RowCount, sums.SkippedCount, sums.UnclassifiedCount, sums.HeldOutCount],
            sums.Identity,
            sums.Seed,
            sums.LibraryVersion,
            sums.Properties.ToDictionary(),
            [.. sums.Sums.Sample!.Rows.SelectMany(row => row.Values.ToArray())],
            rows,
            distances,
            probabilities);
    }

    /// <summary>Fits to sums with the options that they were made with.</summary>
    public static IDetectorModel Fit(DetectorSums sums)
    {
        var mlContext = new MLContext();
        return sums is DimeSums dime
            ? new DimeEstimator(mlContext, dime.Options).Fit(dime).Embedding
            : new EnsembleEstimator(mlContext, ((EnsembleSums)sums).Options).Fit((EnsembleSums)sums).Ensemble;
    }
}

/// <summary>What a file holds of a fitted ensemble.</summary>
internal sealed record GoldenEnsembleModel(string Columns, string[] Scores, string[] Classes, long CalibrationRowCount, float[] StatisticPercentiles)
{
    public static GoldenEnsembleModel Of(ModelledEnsemble model) => new(
        model.Layout.ToString(),
        [.. model.Scores.Select(score => score.ToString())],
        [.. model.ClassNames],
        model.CalibrationRowCount,
        model.StatisticPercentiles.ToArray());
}

/// <summary>A detector as an ONNX file lists it, with what the model that is restored from it makes of embeddings.</summary>
internal sealed record GoldenDetector(
    string Name,
    string Tensor,
    string Library,
    double OutlierProbability,
    string?[] OutputNames,
    GoldenModel Model,
    float[] Embeddings,
    float[] Distances,
    float[] WithinDistances)
{
    public static GoldenDetector Of(OnnxGraph graph, OnnxDetectorInfo info, float[] embeddings)
    {
        var model = graph.ToModelledEmbedding(info.Name);
        return new GoldenDetector(
            info.Name,
            info.TensorName,
            info.Library,
            info.OutlierProbability,
            [info.DistanceOutput, info.ProbabilityOutput, info.IsOutOfDistributionOutput, info.WithinDistanceOutput, info.WithinProbabilityOutput],
            GoldenModel.Of(model),
            embeddings,
            model.DistanceToHyperplane(embeddings),
            model.DistanceWithinHyperplane(embeddings));
    }
}

/// <summary>The numbers that a file holds of a fitted model.</summary>
internal sealed record GoldenModel(
    int Dimension,
    int Rank,
    double[] ExplainedVariance,
    float[] BasisVectors,
    float[] DistancePercentiles,
    float[] WithinDistancePercentiles)
{
    public static GoldenModel Of(ModelledEmbedding model) => new(
        model.Dimension,
        model.Rank,
        [.. model.ExplainedVariance],
        model.BasisVectors.ToArray(),
        model.DistancePercentiles.ToArray(),
        model.WithinDistancePercentiles.ToArray());
}
