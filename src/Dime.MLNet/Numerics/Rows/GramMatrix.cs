using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics.Rows;

/// <summary>
/// Z·Zᵀ, the products of rows with each other: of order N where the second moment ZᵀZ is of order P, with the same
/// eigenvalues but for zeros. Each element is one chain of additions along the row, whatever the number of threads.
/// </summary>
internal static unsafe class GramMatrix
{
    // As many columns as a second moment takes in at a time, for the same reason.
    private const int SlabColumns = WidenedBlock.Capacity;

    private const long ParallelElements = 65_536;

    public static UpperMatrix Of(ScaledRows rows, int maxDegreeOfParallelism = -1)
    {
        int threads = ForkJoin.Threads(maxDegreeOfParallelism);
        int panelCount = (rows.Count + TileKernel<double>.PanelWidth - 1) / TileKernel<double>.PanelWidth;
        var gram = new UpperMatrix(rows.Count, threads, TileKernels.Double);
        int panelSize = Math.Min(SlabColumns, rows.Dimension) * TileKernel<double>.PanelWidth;
        var slab = AlignedBuffer<double>.Lasting((long)panelCount * panelSize);
        for (int first = 0; first < rows.Dimension; first += SlabColumns)
        {
            int start = first, columns = Math.Min(SlabColumns, rows.Dimension - first);
            int few = (long)rows.Count * columns < ParallelElements ? 1 : threads;
            fixed (double* pinned = slab)
            {
                double* panels = pinned;
                ForkJoin.Run(panelCount, few, panel => rows.ReadTransposed(panel, start, columns, panels + ((nint)panel * panelSize)));
            }

            gram.AddProduct(slab, slab, panelSize, columns);
        }

        return gram;
    }
}
