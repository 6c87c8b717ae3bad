using System.Numerics;
using System.Runtime.CompilerServices;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// Products with a packed right factor: the only ones of this library besides that of packed rows with themselves. An
/// element is the same chain of operations whatever the tile or thread that computes it.
/// </summary>
internal static unsafe class PackedProduct
{
    // Rows that share a panel while it is in the nearest cache, and that one thread takes at a time.
    private const int ChunkRows = 32;

    // Where the target comes from memory, as each row of a triangle does: no more streams than the processor fetches ahead.
    private const int UpperRows = 8;

    // The part of a panel that stays there.
    private const int PartDepth = 256;

    /// <summary>Sets the rows×B.Columns matrix C to A·B; A and C are row-major with the given strides.</summary>
    public static void Set(double* a, nint strideA, int rows, PackedPanels<double> b, double* c, nint strideC, ForkJoin threads) =>
        threads.Run(Chunks(rows), chunk =>
        {
            int first = chunk * ChunkRows, count = Math.Min(ChunkRows, rows - first);
            for (int row = first; row < first + count; row++)
            {
                new Span<double>(c + (row * strideC), b.Columns).Clear();
            }

            Add(TileKernels.Double, a + (first * strideA), strideA, 1, count, b, 0, PartDepth, c + (first * strideC), strideC);
        });

    /// <summary>Adds A·B to the rows×B.Columns matrix C; A and C are row-major with the given strides.</summary>
    public static void Add(double* a, nint strideA, int rows, PackedPanels<double> b, double* c, nint strideC, ForkJoin threads) =>
        threads.Run(Chunks(rows), chunk =>
        {
            int first = chunk * ChunkRows, count = Math.Min(ChunkRows, rows - first);
            Add(TileKernels.Double, a + (first * strideA), strideA, 1, count, b, 0, PartDepth, c + (first * strideC), strideC);
        });

    /// <summary>
    /// Adds Aᵀ·B to the upper triangle of the square matrix C, and to whole panels around its diagonal.
    /// The rows of <paramref name="a"/> are the columns of Aᵀ. Other elements below the diagonal become arbitrary.
    /// </summary>
    public static void AddToUpper(double* a, nint strideA, PackedPanels<double> b, double* c, nint strideC, ForkJoin threads) =>
        threads.Run((b.Columns + UpperRows - 1) / UpperRows, chunk =>
        {
            int first = chunk * UpperRows, count = Math.Min(UpperRows, b.Columns - first);
            Add(TileKernels.Double, a + first, 1, strideA, count, b, first / PackedPanels<double>.Width, PartDepth, c + (first * strideC), strideC);
        });

    /// <summary>Adds a product to a target, on the calling thread.</summary>
    /// <param name="kernel">The kernel, which says how the parts of the depth are summed.</param>
    /// <param name="left">Element (r, d) is at <c>r·rowStride + d·depthStride</c>.</param>
    /// <param name="rowStride">The distance between two rows of <paramref name="left"/>.</param>
    /// <param name="depthStride">The distance between two elements of a row.</param>
    /// <param name="rows">The rows to multiply.</param>
    /// <param name="right">The right factor.</param>
    /// <param name="firstPanel">The panel to begin with.</param>
    /// <param name="partDepth">The depth of a part.</param>
    /// <param name="target">A matrix of as many columns as the right factor.</param>
    /// <param name="targetStride">The distance between two rows of the target.</param>
    [SkipLocalsInit]
    public static void Add<T>(
        TileKernel<T> kernel,
        T* left,
        nint rowStride,
        nint depthStride,
        int rows,
        PackedPanels<T> right,
        int firstPanel,
        int partDepth,
        T* target,
        nint targetStride)
        where T : unmanaged, IUnaryNegationOperators<T, T>
    {
        // The last panel, when it is not full, needs room for its padding.
        int width = PackedPanels<T>.Width, whole = right.Columns / width, rest = right.Columns % width;
        T* last = stackalloc T[rest == 0 ? 0 : rows * width];
        if (rest > 0)
        {
            new Span<T>(last, rows * width).Clear();
            Copy(target + (whole * width), targetStride, last, width, rows, rest);
        }

        fixed (T* panels = right)
        {
            for (int start = 0; start < right.Depth; start += partDepth)
            {
                int depth = Math.Min(partDepth, right.Depth - start);
                T* from = left + (start * depthStride);
                T* panel = panels + ((((nint)firstPanel * right.Depth) + start) * width);
                for (int i = firstPanel; i < whole; i++, panel += (nint)right.Depth * width)
                {
                    kernel.MultiplyAdd(from, rowStride, depthStride, rows, panel, depth, target + (i * width), targetStride);
                }

                if (rest > 0)
                {
                    kernel.MultiplyAdd(from, rowStride, depthStride, rows, panel, depth, last, width);
                }
            }
        }

        if (rest > 0)
        {
            Copy(last, width, target + (whole * width), targetStride, rows, rest);
        }
    }

    private static int Chunks(int rows) => (rows + ChunkRows - 1) / ChunkRows;

    private static void Copy<T>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where T : unmanaged
    {
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<T>(from + (row * fromStride), columns).CopyTo(new Span<T>(to + (row * toStride), columns));
        }
    }
}
