using Microsoft.Extensions.AI;

namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>
/// Embeds text by its words: each word has a direction of its own, chosen by its letters, and a text is the sum of its words'. Texts of a
/// few known words thus lie in a hyperplane, and other words lead out of it; those that begin with ~ only a little.
/// </summary>
internal sealed class WordGenerator(int dimension = WordGenerator.Dimension) : IEmbeddingGenerator<string, Embedding<float>>
{
    public const int Dimension = 24;

    private int _calls;

    public int Calls => _calls;

    public List<int> BatchSizes { get; } = [];

    public bool IsDisposed { get; private set; }

    public EmbeddingGenerationOptions? LastOptions { get; private set; }

    /// <summary>Answers what was made, or changes it.</summary>
    public Func<GeneratedEmbeddings<Embedding<float>>, GeneratedEmbeddings<Embedding<float>>> Answer { get; init; } = made => made;

    public static float[] Vector(string text, int dimension = Dimension)
    {
        float[] sum = new float[dimension];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // String.GetHashCode differs between runs.
            var random = new Random(word.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter)));
            double length = word[0] == '~' ? 0.1 : 1;
            for (int i = 0; i < dimension; i++)
            {
                sum[i] += (float)(length * ((2 * random.NextDouble()) - 1));
            }
        }

        return sum;
    }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _calls);
        LastOptions = options;
        GeneratedEmbeddings<Embedding<float>> made = [.. values.Select(text => new Embedding<float>(Vector(text, dimension)))];
        lock (BatchSizes)
        {
            BatchSizes.Add(made.Count);
        }

        return Answer(made);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => IsDisposed = true;
}
