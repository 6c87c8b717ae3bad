using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// The right factor B (depth×columns) of a matrix product, laid out as the kernel reads it: slices of
/// <see cref="Depth"/> rows, each cut into panels of <see cref="Width"/> columns, padded with zeros.
/// </summary>
internal sealed unsafe class PackedPanels : IDisposable
{
    /// <summary>Rows of a slice; a panel of a slice then stays in the first-level cache.</summary>
    public const int Slice = 256;

    private readonly AlignedBuffer _memory;

    private PackedPanels(int depth, int columns)
    {
        Depth = depth;
        Columns = columns;
        Panels = (columns + Width - 1) / Width;
        _memory = AlignedBuffer.Uninitialized((long)depth * Panels * Width);
    }

    /// <summary>Columns of a panel: three vectors.</summary>
    public static int Width => 3 * Vector<double>.Count;

    public int Depth { get; }

    public int Columns { get; }

    public int Panels { get; }

    /// <summary>B given by the addresses of its rows.</summary>
    public static PackedPanels FromRows(double*[] rows, int columns, ForkJoin threads)
    {
        var panels = new PackedPanels(rows.Length, columns);
        threads.Run(panels.Panels, panel => panels.PackRows(rows, panel));
        return panels;
    }

    /// <summary>B given by the addresses of its columns.</summary>
    public static PackedPanels FromColumns(double*[] columns, int depth, ForkJoin threads)
    {
        var panels = new PackedPanels(depth, columns.Length);
        threads.Run(panels.Panels, panel => panels.PackColumns(columns, panel));
        return panels;
    }

    /// <summary>The part of a panel within the slice that starts at the given row.</summary>
    public double* At(int sliceStart, int panel)
    {
        int rows = Math.Min(Slice, Depth - sliceStart);
        return _memory.Start + ((nint)sliceStart * Panels * Width) + ((nint)panel * rows * Width);
    }

    public void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRows(double*[] rows, int panel)
    {
        int first = panel * Width;
        int count = Math.Min(Width, Columns - first);
        for (int start = 0; start < Depth; start += Slice)
        {
            double* to = At(start, panel);
            int end = Math.Min(start + Slice, Depth);
            for (int row = start; row < end; row++, to += Width)
            {
                new ReadOnlySpan<double>(rows[row] + first, count).CopyTo(new Span<double>(to, count));
                new Span<double>(to + count, Width - count).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackColumns(double*[] columns, int panel)
    {
        int first = panel * Width;
        int count = Math.Min(Width, Columns - first);
        for (int start = 0; start < Depth; start += Slice)
        {
            double* to = At(start, panel);
            int rows = Math.Min(Slice, Depth - start);
            if (count < Width)
            {
                new Span<double>(to, rows * Width).Clear();
            }

            for (int column = 0; column < count; column++)
            {
                double* from = columns[first + column] + start;
                for (int row = 0; row < rows; row++)
                {
                    to[(row * Width) + column] = from[row];
                }
            }
        }
    }
}
