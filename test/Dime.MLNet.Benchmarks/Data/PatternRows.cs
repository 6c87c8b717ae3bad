using System.Numerics;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>Rows that exist one at a time: each is the sum of two patterns, which is cheap beside a fit. Row i is the same in whatever part of them.</summary>
internal sealed class PatternRows
{
    // Without a common divisor there are 262 135 pairs.
    private const int FirstPatterns = 509;
    private const int SecondPatterns = 515;

    private readonly int _dimension;
    private readonly float[] _patterns;

    public PatternRows(int dimension)
    {
        _dimension = dimension;
        _patterns = Embeddings.Train(new Shape(FirstPatterns + SecondPatterns, dimension, Rank: null));
    }

    /// <summary>One after the other in the same object.</summary>
    public IEnumerable<EmbeddingRow> From(int first, int count)
    {
        var row = new EmbeddingRow { Features = new float[_dimension] };
        for (int i = first; i < first + count; i++)
        {
            Add(Pattern(i % FirstPatterns), Pattern(FirstPatterns + (i / FirstPatterns % SecondPatterns)), row.Features);
            yield return row;
        }
    }

    private ReadOnlySpan<float> Pattern(int index) => _patterns.AsSpan(index * _dimension, _dimension);

    private static void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(first[i..]) + new Vector<float>(second[i..])).CopyTo(sum[i..]);
        }
    }
}
