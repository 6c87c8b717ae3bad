using System.Text.Json;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What an independent computation got at one layer of the sample network, fitted to all training images.</summary>
internal sealed record SampleReference(
    string Tensor,
    int Rank,
    double[] ExplainedVariance,
    IReadOnlyDictionary<string, double> MeanDistance,
    IReadOnlyDictionary<string, double> AreaUnderRoc,
    IReadOnlyDictionary<string, double> AreaUnderPrecisionRecall,
    IReadOnlyDictionary<string, double> FalsePositiveRate,
    IReadOnlyDictionary<string, double[]> PooledFeatures)
{
    public static SampleReference AtLayer(int layer)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ProjectFiles.Reference("cifar10-sample.json")));
        JsonElement figures = document.RootElement.GetProperty("layers")[layer];
        JsonElement sets = figures.GetProperty("sets");
        return new SampleReference(
            figures.GetProperty("tensor").GetString()!,
            figures.GetProperty("rank").GetInt32(),
            Vector(figures.GetProperty("explained")),
            figures.GetProperty("mean_distance").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble()),
            Metric(sets, "auroc"),
            Metric(sets, "aupr_out"),
            Metric(sets, "fpr95"),
            figures.GetProperty("pooled_features").EnumerateObject().ToDictionary(p => p.Name, p => Vector(p.Value)));
    }

    private static Dictionary<string, double> Metric(JsonElement sets, string name) =>
        sets.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetProperty(name).GetDouble());

    private static double[] Vector(JsonElement element) => [.. element.EnumerateArray().Select(x => x.GetDouble())];
}
