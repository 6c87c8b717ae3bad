using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// An immutable depth × columns matrix, packed once into panels of columns, that rows are multiplied by from the right.
/// A row's product has the same bits alone, in any batch and on any number of threads.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>
    /// A product is summed in parts of this depth: a fixed one, so that its bits depend on nothing else. Single precision
    /// then loses a fifth of what it would over a depth of thousands, and a panel's part (16 KB) stays in the nearest cache.
    /// </summary>
    public const int PartDepth = 128;

    private const int MaxBlockRows = 64;

    // About 0.1 ms of one core; below that, waking another one costs more than it brings.
    private const long ParallelWork = 4_000_000;

    private readonly TileKernel<float> _kernel;
    private readonly PackedPanels<float> _panels;

    /// <param name="values">The depth × columns elements, row-major.</param>
    /// <param name="depth">The length of the rows to multiply.</param>
    /// <param name="columns">The length of the products.</param>
    /// <param name="kernel">The kernel to multiply with.</param>
    public PackedMatrix(ReadOnlySpan<float> values, int depth, int columns, TileKernel<float> kernel)
    {
        _kernel = kernel;
        _panels = PackedPanels<float>.Lasting(values, depth, columns);
    }

    public static int PanelWidth => PackedPanels<float>.Width;

    public int Depth => _panels.Depth;

    public int Columns => _panels.Columns;

    public int PanelCount => _panels.Count;

    /// <summary>Returns a panel: depth × <see cref="PanelWidth"/> elements, row-major, padded with zeros in the last panel.</summary>
    public ReadOnlySpan<float> Panel(int panel) => _panels[panel];

    public PackedMatrix Transpose()
    {
        float[] transposed = new float[Depth * Columns];
        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<float> panel = Panel(column / PanelWidth);
            for (int d = 0; d < Depth; d++)
            {
                transposed[(column * Depth) + d] = panel[(d * PanelWidth) + (column % PanelWidth)];
            }
        }

        return new PackedMatrix(transposed, Columns, Depth, _kernel);
    }

    /// <summary>Multiplies rows by this matrix.</summary>
    /// <param name="rows">count × depth elements, row-major.</param>
    /// <param name="products">Receives count × columns elements, row-major.</param>
    /// <param name="squaredNorms">Receives ‖row‖² for each row, taken while the row is in cache; empty when not wanted.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public void Multiply(
        ReadOnlySpan<float> rows, Span<float> products, Span<double> squaredNorms, int maxDegreeOfParallelism)
    {
        int count = CheckedCount(rows, products, squaredNorms);
        fixed (float* row = rows, product = products)
        fixed (double* squaredNorm = squaredNorms)
        {
            var job = new Job(row, count, product, squaredNorm);
            int threads = ForkJoin.Threads(maxDegreeOfParallelism);
            if (threads == 1 || (long)count * Depth * Columns < ParallelWork)
            {
                MultiplyBlocks(job, 0, count);
            }
            else
            {
                MultiplyInParallel(job, threads);
            }
        }
    }

    private int CheckedCount(ReadOnlySpan<float> rows, Span<float> products, Span<double> squaredNorms)
    {
        int count = rows.Length / Depth;
        if (count * Depth != rows.Length)
        {
            throw new ArgumentException($"{rows.Length} values are not a whole number of rows of {Depth}.", nameof(rows));
        }

        if ((long)count * Columns != products.Length)
        {
            throw new ArgumentException(
                $"{count} rows give {(long)count * Columns} products; there is room for {products.Length}.", nameof(products));
        }

        if (!squaredNorms.IsEmpty && squaredNorms.Length != count)
        {
            throw new ArgumentException(
                $"{count} rows have as many squared norms; there is room for {squaredNorms.Length}.", nameof(squaredNorms));
        }

        return count;
    }

    private void MultiplyInParallel(Job job, int threads)
    {
        // Several blocks a thread even the load out when a core is busy with something else.
        int blockRows = Math.Clamp((job.Count / (4 * threads)) & ~7, 8, MaxBlockRows);
        int blocks = (job.Count + blockRows - 1) / blockRows;
        ForkJoin.Run(
            blocks,
            threads,
            block => MultiplyBlocks(job, block * blockRows, Math.Min((block + 1) * blockRows, job.Count)));
    }

    private void MultiplyBlocks(in Job job, int from, int to)
    {
        for (int row = from; row < to; row += MaxBlockRows)
        {
            MultiplyBlock(job, row, Math.Min(MaxBlockRows, to - row));
        }
    }

    private void MultiplyBlock(in Job job, int first, int count)
    {
        float* rows = job.Rows + ((nint)first * Depth);
        float* products = job.Products + ((nint)first * Columns);
        if (job.SquaredNorms != null)
        {
            for (int r = 0; r < count; r++)
            {
                job.SquaredNorms[first + r] = SumOfSquares.Of(rows + ((nint)r * Depth), Depth);
            }
        }

        new Span<float>(products, count * Columns).Clear();
        PackedProduct.Add(_kernel, rows, Depth, 1, count, _panels, 0, PartDepth, products, Columns);
    }

    private readonly struct Job(float* rows, int count, float* products, double* squaredNorms)
    {
        public readonly float* Rows = rows;
        public readonly int Count = count;
        public readonly float* Products = products;
        public readonly double* SquaredNorms = squaredNorms;
    }
}
