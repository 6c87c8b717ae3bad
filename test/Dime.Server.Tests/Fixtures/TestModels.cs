using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Tests.Fixtures;

/// <summary>Models of embeddings and of images, fitted once for all tests, and rows for them.</summary>
internal static class TestModels
{
    public const int Dimension = 6;

    private static readonly TemporaryFolder _folder = new();
    private static readonly Lazy<string> _dime = new(() => Save("dime.zip", Fit(seed: 1)));
    private static readonly Lazy<string> _other = new(() => Save("other.zip", Fit(seed: 2)));
    private static readonly Lazy<string> _ensemble = new(() => Save("ensemble.zip", FitEnsemble()));
    private static readonly Lazy<string> _images = new(FitImages);
    private static readonly Lazy<string> _sample = new(() => SampleData.Unpack("test", 40, _folder));

    /// <summary>A calibrated DIME detector of embeddings.</summary>
    public static string Dime => _dime.Value;

    /// <summary>Another, which says otherwise of all rows.</summary>
    public static string Other => _other.Value;

    /// <summary>An ensemble of embeddings that says what each score finds.</summary>
    public static string Ensemble => _ensemble.Value;

    /// <summary>The pipeline that the tool fits to the sample network and images.</summary>
    public static string Images => _images.Value;

    /// <summary>Images that it was not fitted to.</summary>
    public static string[] Photos => [.. Directory.GetFiles(_sample.Value).Order(StringComparer.Ordinal)];

    /// <summary>Rows near a plane, and every fifth far from it.</summary>
    public static float[][] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Draw(random, i % 5 == 4 ? 3 : 0.2))];
    }

    /// <summary>Rows like those that <see cref="Dime"/> was fitted to.</summary>
    public static float[][] UsualRows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(random, 0.2))];
    }

    /// <summary>What the library says of rows by way of its arrays.</summary>
    public static float[] Distances(string model, float[][] rows) => EmbeddingOf(model).DistanceToHyperplane(rows.SelectMany(row => row).ToArray());

    /// <summary>What the library says of rows by way of its arrays.</summary>
    public static float[] Probabilities(string model, float[][] rows) => EmbeddingOf(model).ProbabilityOfDistanceToHyperplane(rows.SelectMany(row => row).ToArray());

    private static ModelledEmbedding EmbeddingOf(string model) => PipelineParts.Of(new MLContext().Model.Load(model, out _)).OfType<DimeTransformer>().Single().Embedding;

    private static (ITransformer, DataViewSchema) Fit(int seed)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView rows = View(mlContext, Train(seed));
        return (mlContext.Transforms.DetectOutOfDistribution("Features").Fit(rows), rows.Schema);
    }

    private static (ITransformer, DataViewSchema) FitEnsemble()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView rows = View(mlContext, Train(seed: 1));
        var options = new EnsembleOptions
        {
            Scores = [OutOfDistributionScore.Hyperplane("Features"), OutOfDistributionScore.Mahalanobis("Features"), OutOfDistributionScore.FeatureNorm("Features")],
            ScoreProbabilitiesColumnName = "Scores",
        };
        return (mlContext.Transforms.DetectOutOfDistribution(options).Fit(rows), rows.Schema);
    }

    private static string FitImages()
    {
        string train = SampleData.Unpack("train", 250, _folder);
        string model = _folder["images.zip"];
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--output", model).Succeeds();
        return model;
    }

    private static float[][] Train(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 2000).Select(_ => Draw(random, 0.2 * seed))];
    }

    private static float[] Draw(Random random, double noise)
    {
        double first = 1 + random.NextDouble();
        double second = random.NextDouble() - 0.5;
        return [.. Enumerable.Range(0, Dimension).Select(i => (float)((first * (i + 1)) + (second * Math.Cos(i)) + (noise * (random.NextDouble() - 0.5))))];
    }

    private static IDataView View(MLContext mlContext, float[][] rows) => mlContext.Data.LoadFromEnumerable(rows.Select(row => new Row { Features = row }));

    private static string Save(string name, (ITransformer Model, DataViewSchema Schema) fitted)
    {
        new MLContext().Model.Save(fitted.Model, fitted.Schema, _folder[name]);
        return _folder[name];
    }

    private sealed class Row
    {
        [VectorType(Dimension)]
        public float[] Features { get; set; } = [];
    }
}
