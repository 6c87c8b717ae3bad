using System.Buffers;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>The two distances of rows, or of their directions, from one projection onto the basis.</summary>
internal sealed class Hyperplane
{
    // Rows a block: small enough for the cache, large enough for the kernel.
    private const int BlockRows = 64;

    private readonly float[] _basis;
    private readonly Projection _projection;
    private readonly ScoreDistribution? _scores;
    private readonly Projection? _whitening;

    public Hyperplane(float[] basis, int dimension, ScoreDistribution? scores, bool normalizes = false)
    {
        Normalizes = normalizes;
        _basis = basis;
        _projection = new Projection(basis, dimension);
        _scores = scores;
        if (scores is { Whitening.Length: > 0 })
        {
            _whitening = new Projection(scores.Whitening, _projection.Rank);
        }
    }

    public bool Normalizes { get; }

    public int Dimension => _projection.Dimension;

    public int Rank => _projection.Rank;

    public ReadOnlyMemory<float> Basis => _basis;

    public void Project(ReadOnlySpan<float> rows, Span<float> scores)
    {
        if (!Normalizes)
        {
            _projection.Project(rows, scores);
            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent(rows.Length);
        Span<float> normalized = rented.AsSpan(0, rows.Length);
        UnitLength.Normalize(rows, Dimension, normalized);
        _projection.Project(normalized, scores);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Reconstruct(ReadOnlySpan<float> scores, Span<float> rows) => _projection.Reconstruct(scores, rows);

    public void ResidualSumOfSquares(ReadOnlySpan<float> rows, Span<float> sums) => RowBlocks.ForEach(
        rows, Dimension, sums, [], BlockRows, Rank, (block, first, _) => MeasureBlock(block, first, [], squared: true));

    /// <summary>Either destination may be empty.</summary>
    public void Measure(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances)
    {
        // Not through a delegate, which would be an allocation for each row of a prediction engine.
        if (rows.Length == Dimension)
        {
            MeasureBlock(rows, distances, withinDistances, squared: false);
            return;
        }

        RowBlocks.ForEach(
            rows, Dimension, distances, withinDistances, BlockRows, Rank, (block, first, second) => MeasureBlock(block, first, second, squared: false));
    }

    private void MeasureBlock(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances, bool squared)
    {
        if (!Normalizes)
        {
            MeasureAsGiven(rows, distances, withinDistances, squared);
            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent(rows.Length);
        Span<float> normalized = rented.AsSpan(0, rows.Length);
        UnitLength.Normalize(rows, Dimension, normalized);
        MeasureAsGiven(normalized, distances, withinDistances, squared);
        ArrayPool<float>.Shared.Return(rented);
    }

    private void MeasureAsGiven(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances, bool squared)
    {
        int count = rows.Length / Dimension;
        float[] rented = ArrayPool<float>.Shared.Rent(count * Rank);
        Span<float> scores = rented.AsSpan(0, count * Rank);
        Span<double> norms = stackalloc double[count];
        _projection.Project(rows, scores, norms, maxDegreeOfParallelism: 1);

        if (!distances.IsEmpty)
        {
            Span<double> residuals = stackalloc double[count];
            ResidualSums.Of(_projection, rows, scores, norms, residuals);
            for (int i = 0; i < count; i++)
            {
                distances[i] = (float)(squared ? residuals[i] : Math.Sqrt(residuals[i]));
            }
        }

        if (!withinDistances.IsEmpty)
        {
            MeasureWithin(scores, norms, withinDistances);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private void MeasureWithin(Span<float> scores, ReadOnlySpan<double> squaredNorms, Span<float> withinDistances)
    {
        if (_whitening is null)
        {
            withinDistances.Clear();
        }
        else
        {
            Centre(scores, _scores!.Mean);
            float[] rented = ArrayPool<float>.Shared.Rent(withinDistances.Length * _whitening.Rank);
            Span<float> whitened = rented.AsSpan(0, withinDistances.Length * _whitening.Rank);
            _whitening.Project(scores, whitened, maxDegreeOfParallelism: 1);
            for (int i = 0; i < withinDistances.Length; i++)
            {
                withinDistances[i] = (float)Math.Sqrt(SumOfSquares.Of(whitened.Slice(i * _whitening.Rank, _whitening.Rank)));
            }

            ArrayPool<float>.Shared.Return(rented);
        }

        for (int i = 0; i < withinDistances.Length; i++)
        {
            // NaN comes of scores that overflowed: as far away as a number can say.
            if (!double.IsFinite(squaredNorms[i]) || float.IsNaN(withinDistances[i]))
            {
                withinDistances[i] = float.PositiveInfinity;
            }
        }
    }

    private static void Centre(Span<float> scores, double[] mean)
    {
        for (int start = 0; start < scores.Length; start += mean.Length)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                scores[start + i] = (float)(scores[start + i] - mean[i]);
            }
        }
    }
}
