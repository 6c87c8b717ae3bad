using System.Globalization;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// The largest eigenpairs of a symmetric positive semidefinite matrix, in managed code.
/// </summary>
/// <remarks>
/// Dense on purpose: reduction to tridiagonal form, divide and conquer, back-transformation of the wanted vectors only.
/// One solver on purpose: a fit tells all eigenvalues, as do a threshold and the numerical rank, and those take nine tenths of
/// the time. Leading pairs alone are found sooner where the spectrum decays, later where it is flat: docs/benchmarks.md.
/// Results are the same bit for bit for any number of threads.
/// </remarks>
internal static unsafe class SymmetricEigen
{
    // Below this order the work takes no longer than starting threads.
    private const int SerialOrder = 96;

    /// <summary>The <paramref name="count"/> largest eigenpairs, or as many as the numerical rank if that is less.</summary>
    /// <param name="matrix">P×P, row-major; only the upper triangle is read.</param>
    /// <param name="order">P, at least 1.</param>
    /// <param name="count">Between 1 and P.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    public static EigenPairs Largest(ReadOnlySpan<double> matrix, int order, int count, int maxDegreeOfParallelism = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, order);
        return Solve(matrix, order, (_, _, rank) => Math.Min(count, rank), maxDegreeOfParallelism);
    }

    /// <inheritdoc cref="Largest(ReadOnlySpan{double}, int, int, int)" path="/summary"/>
    /// <param name="matrix">A product of an order×<paramref name="sides"/> or <paramref name="sides"/>×order matrix with its transpose.</param>
    /// <param name="sides">The other side of that matrix, where it is larger, or the order: what the numerical rank is relative to.</param>
    /// <param name="count">1 or more.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    public static EigenPairs Largest(UpperMatrix matrix, int sides, int count, int maxDegreeOfParallelism = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return Solve(matrix, sides, (_, _, rank) => Math.Min(count, rank), maxDegreeOfParallelism);
    }

    /// <summary>All P eigenpairs, also those that the numerical rank leaves out.</summary>
    /// <param name="matrix">P×P, row-major; only the upper triangle is read.</param>
    /// <param name="order">P, at least 1.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    public static EigenPairs All(ReadOnlySpan<double> matrix, int order, int maxDegreeOfParallelism = -1) =>
        Solve(matrix, order, (values, _, _) => values.Length, maxDegreeOfParallelism);

    /// <summary>
    /// The fewest eigenpairs whose values add up to at least the given share of the trace; never more than the numerical rank.
    /// A sum that misses the share by no more than rounding, P·2⁻⁵² of the trace, counts as reaching it, except that
    /// a share of 1 always takes the whole numerical rank.
    /// </summary>
    /// <param name="matrix">P×P, row-major; only the upper triangle is read.</param>
    /// <param name="order">P, at least 1.</param>
    /// <param name="share">Above 0, at most 1.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    public static EigenPairs ForShare(ReadOnlySpan<double> matrix, int order, double share, int maxDegreeOfParallelism = -1)
    {
        CheckShare(share);
        return Solve(matrix, order, (values, trace, rank) => CountForShare(values, trace, rank, share, order), maxDegreeOfParallelism);
    }

    /// <inheritdoc cref="ForShare(ReadOnlySpan{double}, int, double, int)" path="/summary"/>
    /// <param name="matrix">A product of an order×<paramref name="sides"/> or <paramref name="sides"/>×order matrix with its transpose.</param>
    /// <param name="sides">The other side of that matrix, where it is larger, or the order: P above.</param>
    /// <param name="share">Above 0, at most 1.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    public static EigenPairs ForShare(UpperMatrix matrix, int sides, double share, int maxDegreeOfParallelism = -1)
    {
        CheckShare(share);
        return Solve(matrix, sides, (values, trace, rank) => CountForShare(values, trace, rank, share, sides), maxDegreeOfParallelism);
    }

    private static void CheckShare(double share)
    {
        if (!(share > 0.0 && share <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be above 0 and at most 1.");
        }
    }

    private static int CountForShare(double[] values, double trace, int rank, double share, int sides)
    {
        if (share == 1.0)
        {
            return rank;
        }

        double target = (share - (sides * VectorOperations.Epsilon)) * trace;
        double sum = 0.0;
        for (int i = 0; i < rank; i++)
        {
            sum += values[i];
            if (sum >= target)
            {
                return i + 1;
            }
        }

        return rank;
    }

    private static int NumericalRank(double[] descending, int sides)
    {
        double threshold = sides * VectorOperations.Epsilon * descending[0];
        return threshold > 0.0 ? descending.Count(value => value > threshold) : 0;
    }

    private static EigenPairs Solve(
        ReadOnlySpan<double> matrix, int order, Func<double[], double, int, int> choose, int maxDegreeOfParallelism)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order);
        if (matrix.Length != (long)order * order)
        {
            throw new ArgumentException($"A matrix of order {order} has {(long)order * order} elements, not {matrix.Length}.", nameof(matrix));
        }

        fixed (double* start = matrix)
        {
            double*[] rows = new double*[order];
            for (int i = 0; i < order; i++)
            {
                rows[i] = start + ((nint)i * order) + i;
            }

            return Solve(rows, order, choose, maxDegreeOfParallelism);
        }
    }

    private static EigenPairs Solve(UpperMatrix matrix, int sides, Func<double[], double, int, int> choose, int maxDegreeOfParallelism)
    {
        fixed (double* start = matrix)
        {
            double*[] rows = new double*[matrix.Order];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = start + matrix.RowOffset(i);
            }

            return Solve(rows, Math.Max(sides, matrix.Order), choose, maxDegreeOfParallelism);
        }
    }

    /// <param name="rows">Each row from the diagonal on.</param>
    /// <param name="sides">The larger side of what the matrix is a product of.</param>
    /// <param name="choose">From all eigenvalues, their sum and the numerical rank to the number of pairs.</param>
    /// <param name="maxDegreeOfParallelism">The number of threads, −1 for all processors.</param>
    private static EigenPairs Solve(double*[] rows, int sides, Func<double[], double, int, int> choose, int maxDegreeOfParallelism)
    {
        int order = rows.Length;
        int exponent = ScaleExponent(rows);
        using var threads = new ForkJoin(order < SerialOrder ? 1 : maxDegreeOfParallelism);
        AlignedBuffer<double> scaled = Scale(rows, exponent, threads);
        double trace = Trace(scaled.Start, order);
        using var reduction = HouseholderTridiagonal.Reduce(scaled, order, threads);
        int rank = 0;
        double[] spectrum = [];
        using TridiagonalBlock pairs = TridiagonalSolver.Largest(
            reduction.Diagonal,
            reduction.OffDiagonal,
            values =>
            {
                spectrum = Array.ConvertAll(values, value => Math.ScaleB(value, exponent));
                rank = NumericalRank(values, sides);
                return choose(values, trace, rank);
            },
            threads);

        HouseholderReflectors.Apply(reduction, pairs.Vector(0), pairs.Stride, pairs.Count, threads);
        double[] descending = [.. Enumerable.Reverse(pairs.Ascending).Select(row => Math.ScaleB(pairs.Values[row], exponent))];
        return new EigenPairs(order, descending, CopyVectors(pairs), spectrum, Math.ScaleB(trace, exponent), rank);
    }

    /// <summary>The power of two that brings the largest element to between 1 and 2: sums of squares then cannot overflow.</summary>
    private static int ScaleExponent(double*[] rows)
    {
        double largest = 0.0;
        for (int row = 0; row < rows.Length; row++)
        {
            foreach (double value in new ReadOnlySpan<double>(rows[row], rows.Length - row))
            {
                if (!double.IsFinite(value))
                {
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Row {row} of the matrix holds {value}; all elements must be finite."), nameof(rows));
                }

                largest = Math.Max(largest, Math.Abs(value));
            }
        }

        return largest == 0.0 ? 0 : Math.ILogB(largest);
    }

    private static AlignedBuffer<double> Scale(double*[] rows, int exponent, ForkJoin threads)
    {
        // In two factors: one alone could be out of range.
        double half = Math.ScaleB(1.0, -exponent / 2);
        double rest = Math.ScaleB(1.0, -exponent - (-exponent / 2));
        int order = rows.Length;
        AlignedBuffer<double> scaled = HouseholderTridiagonal.Allocate(order);
        int padded = VectorOperations.Pad(order);
        nint stride = VectorOperations.PadStride(order);
        threads.Run(padded / VectorOperations.Block, block =>
        {
            int first = block * VectorOperations.Block;
            int end = first + VectorOperations.Block;
            for (int row = first; row < end; row++)
            {
                double* to = scaled.Start + (row * stride);
                for (int column = first; column < padded; column++)
                {
                    int above = Math.Min(row, column);
                    to[column] = row < order && column < order ? rows[above][Math.Max(row, column) - above] * half * rest : 0.0;
                }
            }
        });

        return scaled;
    }

    private static double Trace(double* matrix, int order)
    {
        double sum = 0.0;
        for (int i = 0; i < order; i++)
        {
            sum += matrix[i * (VectorOperations.PadStride(order) + 1)];
        }

        return sum;
    }

    /// <summary>The vectors by descending value, with the sign that makes the component of largest magnitude positive.</summary>
    private static double[] CopyVectors(TridiagonalBlock pairs)
    {
        double[] vectors = new double[(long)pairs.Count * pairs.Order];
        for (int i = 0; i < pairs.Count; i++)
        {
            var from = new ReadOnlySpan<double>(pairs.Vector(pairs.Ascending[^(i + 1)]), pairs.Order);
            Span<double> to = vectors.AsSpan(i * pairs.Order, pairs.Order);
            double largest = 0.0;
            foreach (double value in from)
            {
                largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
            }

            for (int p = 0; p < to.Length; p++)
            {
                to[p] = largest < 0.0 ? -from[p] : from[p];
            }
        }

        return vectors;
    }
}
