using System.Text.Json;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>One case of what dime-pytorch 1.0.1 computed; matrices are row-major.</summary>
internal sealed record ReferenceCase(
    string Name,
    int Rank,
    int PercentileCount,
    int Dimension,
    float[] Train,
    float[] Calibration,
    float[] New,
    double[] ExplainedVariance,
    double[] Distance,
    double[] Probability,
    double[] WithinDistance,
    double[] WithinProbability)
{
    public static IReadOnlyList<ReferenceCase> LoadAll()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ProjectFiles.Reference("dime-pytorch-1.0.1.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(Read)];
    }

    private static ReferenceCase Read(JsonElement element) => new(
        element.GetProperty("name").GetString()!,
        element.GetProperty("rank").GetInt32(),
        element.GetProperty("n_percentiles").GetInt32(),
        element.GetProperty("train")[0].GetArrayLength(),
        Matrix(element, "train"),
        Matrix(element, "calibration"),
        Matrix(element, "new"),
        Vector(element, "explained_variance"),
        Vector(element, "distance"),
        Vector(element, "probability"),
        Vector(element, "within_distance"),
        Vector(element, "within_probability"));

    private static float[] Matrix(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(x => x.GetSingle())];

    private static double[] Vector(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];
}
