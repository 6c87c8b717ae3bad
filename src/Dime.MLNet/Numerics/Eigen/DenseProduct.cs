namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Products of row-major matrices in double precision, on the eigensolver's kernel and all processors.
/// The same operands give the same bits on any number of threads.
/// </summary>
internal static unsafe class DenseProduct
{
    /// <summary>Returns left·right, rows × columns.</summary>
    /// <param name="left">rows × <paramref name="depth"/> elements.</param>
    /// <param name="right"><paramref name="depth"/> × columns elements.</param>
    /// <param name="depth">The columns of the left factor and the rows of the right one.</param>
    public static double[] Multiply(double[] left, double[] right, int depth)
    {
        int columns = right.Length / depth;
        fixed (double* start = right)
        {
            double*[] rows = RowsOf(start, depth, columns);
            using var team = new ForkJoin(-1);
            using var panels = PackedPanels<double>.FromRows(rows, columns, team);
            return Multiply(left, panels, team);
        }
    }

    /// <summary>Returns left·rightᵀ, rows × columns.</summary>
    /// <param name="left">rows × <paramref name="depth"/> elements.</param>
    /// <param name="right">columns × <paramref name="depth"/> elements.</param>
    /// <param name="depth">The length of a row of either factor.</param>
    public static double[] MultiplyByTranspose(double[] left, double[] right, int depth)
    {
        fixed (double* start = right)
        {
            double*[] columns = RowsOf(start, right.Length / depth, depth);
            using var team = new ForkJoin(-1);
            using var panels = PackedPanels<double>.FromColumns(columns, depth, team);
            return Multiply(left, panels, team);
        }
    }

    private static double*[] RowsOf(double* start, int count, int length)
    {
        double*[] rows = new double*[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = start + ((nint)i * length);
        }

        return rows;
    }

    private static double[] Multiply(double[] left, PackedPanels<double> right, ForkJoin team)
    {
        int rows = left.Length / right.Depth;
        double[] product = new double[(long)rows * right.Columns];
        fixed (double* from = left, to = product)
        {
            PackedProduct.Set(from, right.Depth, rows, right, to, right.Columns, team);
        }

        return product;
    }
}
