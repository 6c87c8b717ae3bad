using Dime.MLNet;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Page;

namespace Dime.Tool.Tests.Report;

/// <summary>Reports on made-up embeddings, the same on every run: noise of some size around a plane in four dimensions.</summary>
internal static class GeneratedReport
{
    private const int Dimension = 4;

    public static ModelledEmbedding Uncalibrated { get; } = ModelledEmbedding.Fit(Rows(2000, noise: 0.1, seed: 1), Dimension, rank: 2);

    public static ModelledEmbedding Calibrated { get; } = Uncalibrated.Calibrate(Rows(20_000, noise: 0.1, seed: 2));

    public static ReportFigures Of(params ScoredSet[] sets) => Of(Calibrated, sets);

    public static ReportFigures Of(ModelledEmbedding embedding, params ScoredSet[] sets) => new(
        new ReportContent("A title", new DateTimeOffset(2026, 5, 4, 13, 7, 0, TimeSpan.Zero), new FittedModel(embedding, Ensemble: null), 0.95, "net.onnx", ["/relu"]),
        SetFigures.Of(sets));

    public static ScoredSet Inside(string name = "inside", int rows = 400, double noise = 0.1) =>
        Set(name, SetRole.InDistribution, Calibrated.DistanceToHyperplane(Rows(rows, noise, seed: 3)));

    public static ScoredSet Outside(string name = "outside", int rows = 300, double noise = 0.5) =>
        Set(name, SetRole.OutOfDistribution, Calibrated.DistanceToHyperplane(Rows(rows, noise, seed: 4)));

    /// <summary>A set of given distances, with all that follows from them.</summary>
    public static ScoredSet Set(string name, SetRole role, params float[] distances)
    {
        float[] probabilities = [.. distances.Select(ProbabilityOf)];
        return new ScoredSet(
            name,
            role,
            distances,
            probabilities,
            probabilities.Count(p => p >= 0.95f),
            [.. distances.Select((distance, row) => new OutlyingRow($"row {row}", null, distance, probabilities[row])).OrderByDescending(row => row.Distance).Take(5)],
            []);
    }

    public static string Html(ReportFigures figures)
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, figures);
        return writer.ToString();
    }

    /// <summary>The probability by the method's definition: the share of the first percentile above.</summary>
    private static float ProbabilityOf(float distance)
    {
        float[] percentiles = Calibrated.DistancePercentiles.ToArray();
        int first = Array.FindIndex(percentiles, percentile => distance < percentile);
        return first < 0 ? 1 : (float)(first / (percentiles.Length - 1.0));
    }

    private static float[] Rows(int count, double noise, int seed)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, count * Dimension).Select(i => (float)(Normal() * (i % Dimension < 2 ? 3 : noise)))];
    }
}
