using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>A number that cannot be, under a right seal, is told by its name: wherever a file has a count or a size, −2 is put in its place.</summary>
[TestClass]
public sealed partial class CountNamesTests
{
    private const int HeaderBytes = 12;

    private static readonly OutOfDistributionScore[] _scores =
    [
        OutOfDistributionScore.ClassMahalanobis("a"),
        OutOfDistributionScore.Hyperplane("a", rank: 2),
        OutOfDistributionScore.Energy("logits"),
    ];

    [TestMethod]
    public void Counts_of_a_modelled_embedding()
    {
        var model = ModelledEmbedding.Fit(Rows(20, 3), 3, rank: 2);
        AssertNamed(
            Bytes(model.Calibrate(Rows(10, 3), 4).Save), ModelledEmbedding.Load, "dimension", "rank", "number of score directions", "number of percentiles");
    }

    [TestMethod]
    [DataRow(5, 40)]
    [DataRow(30, 12)]
    public void Counts_of_a_modelled_ensemble(int dimension, int rows)
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("a", dimension), ("logits", 2)), _scores, "logits");
        sums.Add(Rows(rows, dimension + 2));
        string[] ofFewRows = rows < dimension ? ["rank of a basis"] : [];
        AssertNamed(
            Bytes(sums.Fit().Calibrate(Rows(40, dimension + 2), 4).Save),
            ModelledEnsemble.Load,
            ["number of columns", "dimension", "number of scores", "rank of a score", "number of classes", "rank", "number of class means", "number of percentiles", .. ofFewRows]);
    }

    [TestMethod]
    public void Counts_of_sums_of_embeddings()
    {
        var few = new EmbeddingAccumulator(5, normalize: true);
        few.Add(Rows(2, 5));
        var many = new EmbeddingAccumulator(5);
        many.Add(Rows(20, 5));

        AssertNamed(Bytes(few.Save), EmbeddingAccumulator.Load, "dimension", "rows of 5 values");
        AssertNamed(Bytes(many.Save), EmbeddingAccumulator.Load, "dimension");
    }

    [TestMethod]
    public void Counts_of_sums_for_a_detector()
    {
        var mlContext = new MLContext(seed: 1);
        EmbeddingRow[] rows = [.. Rows(60, Embeddings.Dimension).Chunk(Embeddings.Dimension).Select(row => new EmbeddingRow { Features = row })];
        DimeSums sums = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2 })
            .Accumulate(mlContext.Data.LoadFromEnumerable(rows), new AccumulationOptions { Source = "s", Properties = new Dictionary<string, string> { ["key"] = "value" } });

        AssertNamed(
            Bytes(sums.Save), DetectorSums.Load, "number of properties", "number of rows to calibrate on", "number of parts", "number of columns", "number of percentiles", "rank", "number of a part", "version of sums");
    }

    private static void AssertNamed<T>(byte[] file, Func<Stream, T> load, params string[] names)
    {
        var found = new HashSet<string>();
        byte[] content = file[..^SHA256.HashSizeInBytes];
        for (int place = HeaderBytes; place + sizeof(int) <= content.Length; place++)
        {
            byte[] changed = [.. content];
            BitConverter.TryWriteBytes(changed.AsSpan(place), -2);
            using var stream = new MemoryStream(Hostile.Sealed(changed));
            try
            {
                load(stream);
            }
            catch (InvalidDataException e)
            {
                found.UnionWith(Claimed().Matches(e.Message).Select(match => match.Groups["name"].Value));
            }
        }

        foreach (string name in names)
        {
            Assert.Contains(name, found, $"Named are: {string.Join(", ", found)}.");
        }
    }

    // Or the lower half of a number of rows is.
    [GeneratedRegex("its (?<name>[a-z ]+) is -2\\b|it has 4294967294 (?<name>rows of [0-9]+ values)")]
    private static partial Regex Claimed();

    private static byte[] Bytes(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    private static float[] Rows(int count, int width)
    {
        var random = new Random(width);
        return [.. Enumerable.Range(0, count * width).Select(_ => random.NextSingle() - 0.5f)];
    }
}
