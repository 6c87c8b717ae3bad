using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Matrix products C = A·B and C −= A·B on packed operands. An element of C is the same chain of operations
/// whatever the tile or thread that computes it.
/// </summary>
internal static unsafe class PackedProduct
{
    private const int TileRows = 4;
    private const int ChunkRows = 32;

    /// <summary>Sets the rows×B.Columns matrix C to A·B; A and C are row-major with the given strides.</summary>
    public static void Set(double* a, nint strideA, int rows, PackedPanels b, double* c, nint strideC, ForkJoin threads)
    {
        threads.Run(Chunks(rows), chunk =>
        {
            int first = chunk * ChunkRows;
            int count = Math.Min(ChunkRows, rows - first);
            Multiply(a + (first * strideA), strideA, 1, count, b, 0, c + (first * strideC), strideC, subtract: false);
        });
    }

    /// <summary>Subtracts A·B from the rows×B.Columns matrix C; A and C are row-major with the given strides.</summary>
    public static void Subtract(double* a, nint strideA, int rows, PackedPanels b, double* c, nint strideC, ForkJoin threads)
    {
        threads.Run(Chunks(rows), chunk =>
        {
            int first = chunk * ChunkRows;
            int count = Math.Min(ChunkRows, rows - first);
            Multiply(a + (first * strideA), strideA, 1, count, b, 0, c + (first * strideC), strideC, subtract: true);
        });
    }

    /// <summary>
    /// Subtracts Aᵀ·B from the upper triangle of the square matrix C, and from whole blocks around its diagonal.
    /// The rows of <paramref name="a"/> are the columns of Aᵀ. Other elements below the diagonal become arbitrary.
    /// </summary>
    public static void SubtractFromUpper(double* a, nint strideA, PackedPanels b, double* c, nint strideC, ForkJoin threads)
    {
        int rows = b.Columns;
        threads.Run(Chunks(rows), chunk =>
        {
            int first = chunk * ChunkRows;
            int count = Math.Min(ChunkRows, rows - first);
            Multiply(a + first, 1, strideA, count, b, first / PackedPanels.Width, c + (first * strideC), strideC, subtract: true);
        });
    }

    private static int Chunks(int rows) => (rows + ChunkRows - 1) / ChunkRows;

    [SkipLocalsInit]
    private static void Multiply(
        double* a, nint rowStep, nint columnStep, int rows, PackedPanels b, int firstPanel, double* c, nint strideC, bool subtract)
    {
        double* packed = stackalloc double[ChunkRows * PackedPanels.Slice];
        double* tile = stackalloc double[TileRows * PackedPanels.Width];
        int width = PackedPanels.Width;
        for (int row = 0; row < rows && b.Depth == 0 && !subtract; row++)
        {
            // The sum of no products: nothing below would set it.
            new Span<double>(c + (row * strideC), b.Columns).Clear();
        }

        for (int start = 0; start < b.Depth; start += PackedPanels.Slice)
        {
            int depth = Math.Min(PackedPanels.Slice, b.Depth - start);
            bool add = subtract || start > 0;
            Pack(a + (start * columnStep), rowStep, columnStep, rows, depth, subtract, packed);
            for (int panel = firstPanel; panel < b.Panels; panel++)
            {
                double* right = b.At(start, panel);
                int columns = Math.Min(width, b.Columns - (panel * width));
                for (int row = 0; row < rows; row += TileRows)
                {
                    double* left = packed + (row * depth);
                    double* to = c + (row * strideC) + (panel * width);
                    if (columns == width && row + TileRows <= rows)
                    {
                        MultiplyTile(left, right, depth, to, strideC, add);
                        continue;
                    }

                    MultiplyTile(left, right, depth, tile, width, add: false);
                    CopyTile(tile, to, strideC, Math.Min(TileRows, rows - row), columns, add);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(double* a, nint rowStep, nint columnStep, int rows, int depth, bool negate, double* packed)
    {
        double sign = negate ? -1.0 : 1.0;
        for (int row = 0; row < rows; row += TileRows)
        {
            for (int r = 0; r < TileRows; r++)
            {
                double* to = packed + (row * depth) + r;
                double* from = a + ((row + r) * rowStep);
                for (int k = 0; k < depth; k++)
                {
                    to[k * TileRows] = row + r < rows ? sign * from[k * columnStep] : 0.0;
                }
            }
        }
    }

    private static void CopyTile(double* tile, double* c, nint strideC, int rows, int columns, bool add)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double* to = c + (row * strideC) + column;
                double value = tile[(row * PackedPanels.Width) + column];
                *to = add ? *to + value : value;
            }
        }
    }

    /// <summary>4 rows × 3 vectors: twelve accumulators, so that sixteen registers suffice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTile(double* a, double* b, int depth, double* c, nint strideC, bool add)
    {
        int lanes = Vector<double>.Count;
        Vector<double> c00 = Vector<double>.Zero, c01 = c00, c02 = c00;
        Vector<double> c10 = c00, c11 = c00, c12 = c00;
        Vector<double> c20 = c00, c21 = c00, c22 = c00;
        Vector<double> c30 = c00, c31 = c00, c32 = c00;
        for (int k = 0; k < depth; k++)
        {
            var b0 = Vector.Load(b);
            var b1 = Vector.Load(b + lanes);
            var b2 = Vector.Load(b + (2 * lanes));

            var left = new Vector<double>(a[0]);
            c00 = VectorOperations.MultiplyAdd(left, b0, c00);
            c01 = VectorOperations.MultiplyAdd(left, b1, c01);
            c02 = VectorOperations.MultiplyAdd(left, b2, c02);
            left = new Vector<double>(a[1]);
            c10 = VectorOperations.MultiplyAdd(left, b0, c10);
            c11 = VectorOperations.MultiplyAdd(left, b1, c11);
            c12 = VectorOperations.MultiplyAdd(left, b2, c12);
            left = new Vector<double>(a[2]);
            c20 = VectorOperations.MultiplyAdd(left, b0, c20);
            c21 = VectorOperations.MultiplyAdd(left, b1, c21);
            c22 = VectorOperations.MultiplyAdd(left, b2, c22);
            left = new Vector<double>(a[3]);
            c30 = VectorOperations.MultiplyAdd(left, b0, c30);
            c31 = VectorOperations.MultiplyAdd(left, b1, c31);
            c32 = VectorOperations.MultiplyAdd(left, b2, c32);

            a += TileRows;
            b += 3 * lanes;
        }

        StoreRow(c, c00, c01, c02, add);
        StoreRow(c + strideC, c10, c11, c12, add);
        StoreRow(c + (2 * strideC), c20, c21, c22, add);
        StoreRow(c + (3 * strideC), c30, c31, c32, add);
    }

    private static void StoreRow(double* c, Vector<double> v0, Vector<double> v1, Vector<double> v2, bool add)
    {
        int lanes = Vector<double>.Count;
        if (add)
        {
            v0 += Vector.Load(c);
            v1 += Vector.Load(c + lanes);
            v2 += Vector.Load(c + (2 * lanes));
        }

        v0.Store(c);
        v1.Store(c + lanes);
        v2.Store(c + (2 * lanes));
    }
}
