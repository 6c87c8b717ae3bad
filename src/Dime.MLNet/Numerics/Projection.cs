using System.Buffers;
using System.Numerics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// Projects rows onto the columns of a basis V (dimension × rank) and back. Immutable and thread-safe; what is computed
/// for a row has the same bits alone, in any batch and on any number of threads. Values that are not finite propagate.
/// </summary>
internal sealed unsafe class Projection
{
    private const int ResidualBlockRows = 32;
    private const int AllProcessors = -1;

    private readonly PackedMatrix _basis;
    private readonly Lazy<PackedMatrix> _transposed;

    /// <param name="basis">The dimension × rank elements of V, row-major; copied.</param>
    /// <param name="dimension">The length of a row.</param>
    public Projection(ReadOnlySpan<float> basis, int dimension)
        : this(basis, dimension, TileKernels.Single)
    {
    }

    public Projection(ReadOnlySpan<float> basis, int dimension, TileKernel<float> kernel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (basis.IsEmpty || basis.Length % dimension != 0)
        {
            throw new ArgumentException(
                $"A basis of {basis.Length} elements has no whole number of columns of length {dimension}.", nameof(basis));
        }

        _basis = new PackedMatrix(basis, dimension, basis.Length / dimension, kernel);
        _transposed = new Lazy<PackedMatrix>(_basis.Transpose);
    }

    public int Dimension => _basis.Depth;

    public int Rank => _basis.Columns;

    /// <summary>Computes the scores X·V. Small inputs are neither shared out over threads nor allocate anything.</summary>
    /// <param name="rows">X: count × dimension elements, row-major.</param>
    /// <param name="scores">Receives count × rank elements, row-major.</param>
    /// <param name="squaredNorms">Receives ‖x‖² of every row, summed in double; empty when not wanted.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public void Project(
        ReadOnlySpan<float> rows,
        Span<float> scores,
        Span<double> squaredNorms = default,
        int maxDegreeOfParallelism = AllProcessors) =>
        _basis.Multiply(rows, scores, squaredNorms, maxDegreeOfParallelism);

    /// <summary>Computes the points S·Vᵀ of the hyperplane that have the given scores.</summary>
    /// <param name="scores">S: count × rank elements, row-major.</param>
    /// <param name="rows">Receives count × dimension elements, row-major.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public void Reconstruct(ReadOnlySpan<float> scores, Span<float> rows, int maxDegreeOfParallelism = AllProcessors) =>
        _transposed.Value.Multiply(scores, rows, default, maxDegreeOfParallelism);

    /// <summary>
    /// Computes ‖x − V·s‖² from rows and their scores with a float residual: the error of its root is a few float
    /// roundings of ‖x‖, where ‖x‖² − ‖s‖² would lose everything to cancellation.
    /// </summary>
    /// <param name="rows">count × dimension elements, row-major.</param>
    /// <param name="scores">count × rank elements, row-major, from <see cref="Project"/>.</param>
    /// <param name="sums">Receives one sum per row.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public void ResidualSumsOfSquares(
        ReadOnlySpan<float> rows,
        ReadOnlySpan<float> scores,
        Span<double> sums,
        int maxDegreeOfParallelism = AllProcessors)
    {
        int count = sums.Length;
        if (rows.Length != (long)count * Dimension || scores.Length != (long)count * Rank)
        {
            throw new ArgumentException(
                $"{count} residuals need {(long)count * Dimension} values and {(long)count * Rank} scores; "
                + $"there are {rows.Length} and {scores.Length}.",
                nameof(sums));
        }

        fixed (float* row = rows, score = scores)
        fixed (double* sum = sums)
        {
            var job = new ResidualJob(row, score, sum, count);
            int blocks = (count + ResidualBlockRows - 1) / ResidualBlockRows;
            int threads = ForkJoin.Threads(maxDegreeOfParallelism);
            if (threads == 1 || blocks < 2)
            {
                for (int block = 0; block < blocks; block++)
                {
                    SumResiduals(job, block);
                }
            }
            else
            {
                SumResidualsInParallel(job, blocks, threads);
            }
        }
    }

    /// <summary>Computes ‖x − V·Vᵀx‖² of one row in double throughout: slow, and as good as the basis itself.</summary>
    public double ResidualSumOfSquares(ReadOnlySpan<float> row) => PreciseResidual.SumOfSquares(_basis, row);

    private void SumResidualsInParallel(ResidualJob job, int blocks, int threads) =>
        ForkJoin.Run(blocks, threads, block => SumResiduals(job, block));

    private void SumResiduals(in ResidualJob job, int block)
    {
        int first = block * ResidualBlockRows;
        int count = Math.Min(ResidualBlockRows, job.Count - first);
        var rows = new ReadOnlySpan<float>(job.Rows + ((nint)first * Dimension), count * Dimension);
        var scores = new ReadOnlySpan<float>(job.Scores + ((nint)first * Rank), count * Rank);
        float[] rented = ArrayPool<float>.Shared.Rent(count * Dimension);
        Span<float> residuals = rented.AsSpan(0, count * Dimension);
        Reconstruct(scores, residuals, maxDegreeOfParallelism: 1);
        Subtract(rows, residuals);
        fixed (float* residual = residuals)
        {
            for (int r = 0; r < count; r++)
            {
                job.Sums[first + r] = SumOfSquares.Of(residual + (r * Dimension), Dimension);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Subtract(ReadOnlySpan<float> rows, Span<float> points)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= points.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(rows[i..]) - new Vector<float>(points[i..])).CopyTo(points[i..]);
        }

        for (; i < points.Length; i++)
        {
            points[i] = rows[i] - points[i];
        }
    }

    private readonly struct ResidualJob(float* rows, float* scores, double* sums, int count)
    {
        public readonly float* Rows = rows;
        public readonly float* Scores = scores;
        public readonly double* Sums = sums;
        public readonly int Count = count;
    }
}
