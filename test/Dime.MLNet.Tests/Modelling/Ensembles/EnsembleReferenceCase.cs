using System.Text.Json;
using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>One case of the ensemble that numpy computed in double precision; matrices are row-major.</summary>
internal sealed record EnsembleReferenceCase(JsonElement Element)
{
    public const string Embedding = "embedding";
    public const string Logits = "logits";

    /// <summary>The scores of <c>ensemble.json</c> by its names, in its order.</summary>
    public static IReadOnlyDictionary<string, OutOfDistributionScore> AllScores { get; } = new Dictionary<string, OutOfDistributionScore>
    {
        ["Mahalanobis"] = OutOfDistributionScore.Mahalanobis(Embedding),
        ["ClassMahalanobis"] = OutOfDistributionScore.ClassMahalanobis(Embedding),
        ["RelativeMahalanobis"] = OutOfDistributionScore.RelativeMahalanobis(Embedding),
        ["Energy"] = OutOfDistributionScore.Energy(Logits),
        ["NormalizedMahalanobis"] = OutOfDistributionScore.Mahalanobis(Embedding, normalize: true),
        ["NormalizedRelativeMahalanobis"] = OutOfDistributionScore.RelativeMahalanobis(Embedding, normalize: true),
        ["FeatureNorm"] = OutOfDistributionScore.FeatureNorm(Embedding),
    };

    public static IEnumerable<string> Names => LoadAll().Select(c => c.Name);

    public string Name => Element.GetProperty("name").GetString()!;

    public int Dimension => Element.GetProperty("dimension").GetInt32();

    public int LogitCount => Element.GetProperty("logitCount").GetInt32();

    public int PercentileCount => Element.GetProperty("percentiles").GetInt32();

    public EmbeddingLayout Layout => new((Embedding, Dimension), (Logits, LogitCount));

    public int[] Classes => [.. Element.GetProperty("classes").EnumerateArray().Select(x => x.GetInt32())];

    /// <summary>Rows to fit to; their logits are not needed, and 0.</summary>
    public float[] Fit => Join(Singles("fit"), new float[Classes.Length * LogitCount]);

    public float[] Calibration => Join(Singles("calibration"), Singles("calibrationLogits"));

    public float[] Rows => Join(Singles("rows"), Singles("rowLogits"));

    public static IReadOnlyList<EnsembleReferenceCase> LoadAll()
    {
        var document = JsonDocument.Parse(File.ReadAllText(ProjectFiles.Reference("ensemble.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(element => new EnsembleReferenceCase(element))];
    }

    public static EnsembleReferenceCase Load(string name) => LoadAll().Single(c => c.Name == name);

    public double Shrinkage(string which) => Element.GetProperty("shrinkage").GetProperty(which).GetDouble();

    public double[] Doubles(string group, string name) =>
        [.. Element.GetProperty(group).GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];

    /// <summary>Sums of the rows to fit to, with their classes.</summary>
    public EnsembleAccumulator Accumulate(IEnumerable<OutOfDistributionScore> scores)
    {
        var sums = new EnsembleAccumulator(Layout, scores);
        int[] numbers = Array.ConvertAll(Classes, c => sums.ClassNumber($"class {c}"));
        sums.Add(Fit, numbers);
        return sums;
    }

    private float[] Singles(string name) => [.. Element.GetProperty(name).EnumerateArray().Select(x => x.GetSingle())];

    private float[] Join(float[] embeddings, float[] logits) =>
        [.. embeddings.Chunk(Dimension).Zip(logits.Chunk(LogitCount), (x, z) => (float[])[.. x, .. z]).SelectMany(row => row)];
}
