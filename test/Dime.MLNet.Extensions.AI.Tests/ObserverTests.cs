using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>Who hears of what: events, metrics, logs, from one thread and from many.</summary>
[TestClass]
public sealed class ObserverTests
{
    [TestMethod]
    public async Task An_observer_that_throws_costs_nobody_the_embeddings()
    {
        using var metrics = new Metrics("throws");
        using var logger = new ListLogger();
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(
            new WordGenerator(), Texts.Model, new() { ModelName = "throws" }, new Logger<OutOfDistributionEmbeddingGenerator<string>>(logger));
        List<string> heard = [];
        generator.OutOfDistributionDetected += (_, detected) => heard.Add($"before {detected.Input}");
        generator.OutOfDistributionDetected += (_, detected) => throw new OperationCanceledException($"No {detected.Input}.");
        generator.OutOfDistributionDetected += (_, detected) => heard.Add($"after {detected.Input}");

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["weather", "bread"]);

        Assert.HasCount(2, embeddings);
        CollectionAssert.AreEqual(new[] { "before weather", "after weather", "before bread", "after bread" }, heard);
        Assert.AreEqual(2, metrics.Sum("dime.embeddings.observer_errors"));
        CollectionAssert.AreEqual(new[] { "Error No weather. input 0", "Error No bread. input 1" }, logger.Entries.Select(entry =>
            $"{entry.Level} {entry.Exception!.Message} {(entry.Text.EndsWith("input 0.", StringComparison.Ordinal) ? "input 0" : "input 1")}").ToArray());
        Assert.Contains("'throws'", logger.Entries.First().Text);
    }

    [TestMethod]
    public async Task Metrics_count_what_each_detector_measured_and_flagged()
    {
        using var first = new Metrics("first");
        using var second = new Metrics("second");
        using var one = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model, new() { ModelName = "first" });
        using var other = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model, new() { ModelName = "second" });
        string[] texts = [.. Texts.Noisy(100, 6), "weather tomorrow", "bake bread"];
        float[] expected = Texts.Model.ProbabilityOfDistanceToHyperplane(Texts.Rows(texts));

        await one.GenerateAsync(texts);
        await one.GenerateAsync(["weather tomorrow"]);
        await other.GenerateAsync(texts[..3]);

        Assert.AreEqual(103, first.Sum("dime.embeddings.scored"));
        Assert.AreEqual(expected.Count(probability => probability >= 0.95f) + 1, first.Sum("dime.embeddings.flagged"));
        Assert.AreEqual(2, first.Of("dime.embeddings.duration").Length);
        Assert.IsTrue(first.Of("dime.embeddings.duration").All(seconds => seconds >= 0));
        CollectionAssert.AreEqual(expected.Append(1f).Select(probability => (double)probability).ToArray(), first.Of("dime.embeddings.probability"));
        Assert.AreEqual(3, second.Sum("dime.embeddings.scored"));
        Assert.AreEqual(0, first.Sum("dime.embeddings.observer_errors"));
    }

    [TestMethod]
    public async Task Threads_get_and_tell_what_is_theirs()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model, new() { OutlierProbability = 0.5 });
        ConcurrentBag<(string Input, float Distance, float Probability)> told = [];
        generator.OutOfDistributionDetected += (_, detected) => told.Add((detected.Input, detected.Distance, detected.Probability));
        string[][] inputs = [.. Enumerable.Range(0, 64).Select(i => Texts.Noisy(1 + (i % 9 * 17), 100 + i))];

        GeneratedEmbeddings<Embedding<float>>[] answers = await Task.WhenAll(inputs.Select(texts => Task.Run(() => generator.GenerateAsync(texts))));

        foreach ((string[] texts, GeneratedEmbeddings<Embedding<float>> answer) in inputs.Zip(answers))
        {
            CollectionAssert.AreEqual(
                Texts.Model.ProbabilityOfDistanceToHyperplane(Texts.Rows(texts)),
                answer.Select(embedding => (float)embedding.AdditionalProperties!["dime.probability"]!).ToArray());
        }

        string[] all = [.. inputs.SelectMany(texts => texts)];
        float[] distances = Texts.Model.DistanceToHyperplane(Texts.Rows(all));
        float[] probabilities = Texts.Model.ProbabilityOfDistanceToHyperplane(Texts.Rows(all));
        (string, float, float)[] expected = [.. all.Select((text, i) => (text, distances[i], probabilities[i])).Where(row => row.Item3 >= 0.5f)];
        CollectionAssert.AreEquivalent(expected, told.ToArray());
    }

    [TestMethod]
    public async Task An_embedding_that_calls_share_may_be_read_meanwhile()
    {
        var shared = new Embedding<float>(WordGenerator.Vector("weather tomorrow")) { AdditionalProperties = new() { ["language"] = "en" } };
        var inner = new WordGenerator { Answer = made => [.. made.Select(_ => shared)] };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["weather tomorrow", "weather tomorrow"]);

                // Enumerating a dictionary that is changed meanwhile would throw.
                Assert.HasCount(2, embeddings[0].AdditionalProperties!.Where(property => property.Value is "en" or 1f).ToList());
            }
        })));
    }

    [TestMethod]
    public async Task Inputs_are_enumerated_once()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(), Texts.Model);
        int enumerations = 0;
        string? input = null;
        generator.OutOfDistributionDetected += (_, detected) => input = detected.Input;

        await generator.GenerateAsync(Once());

        Assert.AreEqual(1, enumerations);
        Assert.AreEqual("weather 1", input);

        IEnumerable<string> Once()
        {
            enumerations++;
            yield return $"weather {enumerations}";
        }
    }

    [TestMethod]
    public async Task A_builder_puts_it_into_a_pipeline_with_the_loggers_of_the_services()
    {
        var inner = new WordGenerator();
        using var logger = new ListLogger();
        OutOfDistributionEmbeddingGenerator<string>? configured = null;
        IEmbeddingGenerator<string, Embedding<float>> generator = new EmbeddingGeneratorBuilder<string, Embedding<float>>(inner)
            .UseOutOfDistributionDetection(Texts.Model, new() { ProbabilityPropertyName = "dime" }, watching =>
            {
                configured = watching;
                watching.OutOfDistributionDetected += (_, _) => throw new InvalidOperationException("It broke.");
            })
            .UseOutOfDistributionDetection(Texts.Ensemble, new() { ProbabilityPropertyName = "ensemble" })
            .Build(new Services(logger));

        AdditionalPropertiesDictionary properties = (await generator.GenerateAsync(["weather tomorrow"]))[0].AdditionalProperties!;

        Assert.AreEqual(1f, properties["dime"]);
        Assert.AreEqual(Texts.Ensemble.Probability(WordGenerator.Vector("weather tomorrow"))[0], properties["ensemble"]);
        Assert.AreEqual("It broke.", logger.Entries.Single().Exception!.Message);
        Assert.AreSame(configured, generator.GetService<OutOfDistributionEmbeddingGenerator<string>>());
        Assert.AreSame(inner, generator.GetService<WordGenerator>());
        generator.Dispose();
        Assert.IsTrue(inner.IsDisposed);
    }

    private sealed class Services(ILoggerFactory loggers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? loggers : null;
    }

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> Entries { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((logLevel, formatter(state, exception), exception));

        public void Dispose()
        {
        }
    }

    /// <summary>What the meter reports of one detector.</summary>
    private sealed class Metrics : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value)> _reported = [];

        public Metrics(string model)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Dime.MLNet.Extensions.AI")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
            _listener.Start();

            void Note(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                if (tags.Length == 1 && tags[0].Key == "dime.model" && (string?)tags[0].Value == model)
                {
                    _reported.Enqueue((name, value));
                }
            }
        }

        public double[] Of(string name) => [.. _reported.Where(report => report.Name == name).Select(report => report.Value)];

        public double Sum(string name) => Of(name).Sum();

        public void Dispose() => _listener.Dispose();
    }
}
