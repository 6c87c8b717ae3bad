using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>What is said of embeddings, compared with the definitions computed in double precision.</summary>
[TestClass]
public sealed class DetectionTests
{
    private const string Key = "dime.probability";

    // Two computations of a distance may lie on either side of one of the 5000 percentiles.
    private const double OneStep = 1.001 / 4999;

    private static readonly string[] _inputs = [.. Texts.Noisy(150, 3), "weather tomorrow", .. Texts.Noisy(149, 4), "bake bread slowly"];

    [TestMethod]
    public async Task Out_of_scope_inputs_are_told_with_place_distance_and_probability()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model);
        List<OutOfDistributionDetectedEventArgs<string>> found = [];
        generator.OutOfDistributionDetected += (sender, detected) =>
        {
            Assert.AreSame(generator, sender);
            found.Add(detected);
        };

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(_inputs);

        double[] distances = [.. _inputs.Select(text => Distance(WordGenerator.Vector(text)))];
        int[] expected = [.. Enumerable.Range(0, _inputs.Length).Where(i => Probability(distances[i]) >= 0.95)];
        CollectionAssert.AreEqual(expected, found.Select(detected => detected.Index).ToArray());
        Assert.Contains("weather tomorrow", found.Select(detected => detected.Input));
        Assert.Contains("bake bread slowly", found.Select(detected => detected.Input));
        Assert.IsLessThan(_inputs.Length / 5, found.Count);
        foreach (OutOfDistributionDetectedEventArgs<string> detected in found)
        {
            Assert.AreEqual(_inputs[detected.Index], detected.Input);
            Assert.AreSame(embeddings[detected.Index], detected.Embedding);
            Assert.AreEqual(distances[detected.Index], detected.Distance, 1e-4 * distances[detected.Index]);
            Assert.AreEqual(Probability(distances[detected.Index]), detected.Probability, OneStep);
        }
    }

    [TestMethod]
    public async Task Every_embedding_gets_its_probability_and_is_otherwise_as_it_was()
    {
        GeneratedEmbeddings<Embedding<float>>? made = null;
        var inner = new WordGenerator
        {
            Answer = answer =>
            {
                answer[1].AdditionalProperties = new() { ["language"] = "en" };
                answer[2].ModelId = "words-1";
                answer.Usage = new UsageDetails { InputTokenCount = 7 };
                return made = answer;
            },
        };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);
        var options = new EmbeddingGenerationOptions { ModelId = "words" };

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(_inputs, options);

        Assert.AreSame(made, embeddings);
        Assert.AreSame(options, inner.LastOptions);
        Assert.AreEqual(7, embeddings.Usage!.InputTokenCount);
        Assert.AreEqual("en", embeddings[1].AdditionalProperties!["language"]);
        Assert.AreEqual("words-1", embeddings[2].ModelId);
        for (int i = 0; i < _inputs.Length; i++)
        {
            float[] vector = WordGenerator.Vector(_inputs[i]);
            CollectionAssert.AreEqual(vector, embeddings[i].Vector.ToArray());
            Assert.AreEqual(Probability(Distance(vector)), (float)embeddings[i].AdditionalProperties![Key]!, OneStep);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(63)]
    [DataRow(64)]
    [DataRow(65)]
    [DataRow(302)]
    public async Task Probabilities_are_the_same_bits_in_any_batch(int size)
    {
        using var dime = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model);
        using var ensemble = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Ensemble);
        List<float> ofDime = [];
        List<float> ofEnsemble = [];
        foreach (string[] batch in _inputs.Chunk(size))
        {
            ofDime.AddRange((await dime.GenerateAsync(batch)).Select(embedding => (float)embedding.AdditionalProperties![Key]!));
            ofEnsemble.AddRange((await ensemble.GenerateAsync(batch)).Select(embedding => (float)embedding.AdditionalProperties![Key]!));
        }

        CollectionAssert.AreEqual(Texts.Model.ProbabilityOfDistanceToHyperplane(Texts.Rows(_inputs)), ofDime);
        CollectionAssert.AreEqual(Texts.Ensemble.Probability(Texts.Rows(_inputs)), ofEnsemble);
    }

    [TestMethod]
    public async Task An_ensemble_tells_its_statistic()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Ensemble);
        OutOfDistributionDetectedEventArgs<string>? found = null;
        generator.OutOfDistributionDetected += (_, detected) => found = detected;

        await generator.GenerateAsync(["weather tomorrow"]);

        Assert.IsNotNull(found);
        Assert.AreEqual(Texts.Ensemble.Statistic(WordGenerator.Vector("weather tomorrow"))[0], found.Distance);
        Assert.IsGreaterThanOrEqualTo(0.95f, found.Probability);
    }

    [TestMethod]
    public async Task The_limit_is_that_of_the_options_else_of_the_transformer()
    {
        var transformer = new DimeTransformer(new Microsoft.ML.MLContext(), Texts.Model, new DimeOptions { OutlierProbability = 0.5 });
        double[] probabilities = [.. _inputs.Select(text => Probability(Distance(WordGenerator.Vector(text))))];

        Assert.AreEqual(0.5, EmbeddingDetector.FromTransformer(transformer).OutlierProbability);
        Assert.AreEqual(probabilities.Count(probability => probability >= 0.5), await CountAsync(transformer, null));
        Assert.AreEqual(probabilities.Count(probability => probability >= 0.8), await CountAsync(transformer, 0.8));
        Assert.AreEqual(probabilities.Count(probability => probability >= 0.95), await CountAsync(Texts.Model, null));
    }

    [TestMethod]
    public async Task What_is_not_finite_is_infinitely_far_away()
    {
        var inner = new WordGenerator
        {
            Answer = made =>
            {
                made[1].Vector = Enumerable.Repeat(float.NaN, WordGenerator.Dimension).ToArray();
                return made;
            },
        };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);
        OutOfDistributionDetectedEventArgs<string>? found = null;
        generator.OutOfDistributionDetected += (_, detected) => found = detected.Index == 1 ? detected : found;

        await generator.GenerateAsync(Texts.Noisy(3, 5));

        Assert.IsNotNull(found);
        Assert.AreEqual(float.PositiveInfinity, found.Distance);
        Assert.AreEqual(1f, found.Probability);
    }

    [TestMethod]
    public async Task A_cache_can_write_embeddings_with_probabilities()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model, new() { ProbabilityPropertyName = "strange" });
        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["weather tomorrow"]);

        Embedding<float> read = JsonSerializer.Deserialize<Embedding<float>>(
            JsonSerializer.Serialize(embeddings[0], AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;

        CollectionAssert.AreEqual(embeddings[0].Vector.ToArray(), read.Vector.ToArray());
        Assert.AreEqual(1f, ((JsonElement)read.AdditionalProperties!["strange"]!).GetSingle());
    }

    [TestMethod]
    public async Task No_property_is_made_where_none_is_wanted()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model, new() { ProbabilityPropertyName = null });
        Assert.IsNull((await generator.GenerateAsync(["weather tomorrow"]))[0].AdditionalProperties);
    }

    [TestMethod]
    public async Task No_inputs_give_no_embeddings()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model);
        Assert.IsEmpty(await generator.GenerateAsync([]));
    }

    private static async Task<int> CountAsync(EmbeddingDetector detector, double? limit)
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), detector, new() { OutlierProbability = limit });
        int count = 0;
        generator.OutOfDistributionDetected += (_, _) => count++;
        await generator.GenerateAsync(_inputs);
        return count;
    }

    // ‖x − VVᵀx‖, as the definition has it.
    private static double Distance(float[] x)
    {
        ReadOnlySpan<float> basis = Texts.Model.BasisVectors.Span;
        int rank = Texts.Model.Rank;
        double[] rest = [.. x.Select(value => (double)value)];
        for (int k = 0; k < rank; k++)
        {
            double score = 0;
            for (int p = 0; p < x.Length; p++)
            {
                score += x[p] * (double)basis[(p * rank) + k];
            }

            for (int p = 0; p < x.Length; p++)
            {
                rest[p] -= score * basis[(p * rank) + k];
            }
        }

        return Math.Sqrt(rest.Sum(value => value * value));
    }

    // The first percentile above the distance, as the definition has it.
    private static double Probability(double distance)
    {
        float[] percentiles = Texts.Model.DistancePercentiles.ToArray();
        int first = Array.FindIndex(percentiles, percentile => distance < percentile);
        return first < 0 ? 1 : first / (percentiles.Length - 1.0);
    }
}
