using System.Numerics;
using System.Runtime.CompilerServices;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// The right factor B (depth×columns) of a matrix product, laid out as the kernels read it: panels of
/// <see cref="TileKernel{T}.PanelWidth"/> columns, one after the other, the last one padded with zeros.
/// </summary>
internal sealed unsafe class PackedPanels<T> : IDisposable
    where T : unmanaged, IUnaryNegationOperators<T, T>
{
    private readonly AlignedBuffer<T> _memory;

    private PackedPanels(int depth, int columns, AlignedBuffer<T> memory)
    {
        Depth = depth;
        Columns = columns;
        _memory = memory;
    }

    public static int Width => TileKernel<T>.PanelWidth;

    public int Depth { get; }

    public int Columns { get; }

    public int Count => CountOf(Columns);

    /// <summary>The panels of a matrix that lasts.</summary>
    /// <param name="values">Its depth × columns elements, row-major.</param>
    /// <param name="depth">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public static PackedPanels<T> Lasting(ReadOnlySpan<T> values, int depth, int columns)
    {
        var panels = new PackedPanels<T>(depth, columns, AlignedBuffer<T>.Lasting((long)depth * CountOf(columns) * Width));
        for (int d = 0; d < depth; d++)
        {
            ReadOnlySpan<T> row = values.Slice(d * columns, columns);
            for (int panel = 0; panel < panels.Count; panel++)
            {
                ReadOnlySpan<T> part = row.Slice(panel * Width, Math.Min(Width, columns - (panel * Width)));
                part.CopyTo(panels._memory.Span[(((panel * depth) + d) * Width)..]);
            }
        }

        return panels;
    }

    /// <summary>The panels of a matrix given by the addresses of its rows, or of its negative, to be disposed.</summary>
    public static PackedPanels<T> FromRows(T*[] rows, int columns, ForkJoin threads, bool negate = false)
    {
        PackedPanels<T> panels = Scratch(rows.Length, columns);
        threads.Run(panels.Count, panel => panels.PackRows(rows, panel, negate));
        return panels;
    }

    /// <summary>The panels of a matrix given by the addresses of its columns, to be disposed.</summary>
    public static PackedPanels<T> FromColumns(T*[] columns, int depth, ForkJoin threads)
    {
        PackedPanels<T> panels = Scratch(depth, columns.Length);
        threads.Run(panels.Count, panel => panels.PackColumns(columns, panel));
        return panels;
    }

    /// <summary>A panel: depth × <see cref="Width"/> elements, row-major.</summary>
    public ReadOnlySpan<T> this[int panel] => _memory.Span.Slice(panel * Depth * Width, Depth * Width);

    /// <summary>The first element, to pin the panels by.</summary>
    public ref T GetPinnableReference() => ref _memory.GetPinnableReference();

    public void Dispose() => _memory.Dispose();

    private static int CountOf(int columns) => (columns + Width - 1) / Width;

    private static PackedPanels<T> Scratch(int depth, int columns) =>
        new(depth, columns, AlignedBuffer<T>.Uninitialized((long)depth * CountOf(columns) * Width));

    private T* At(int panel) => _memory.Start + ((nint)panel * Depth * Width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRows(T*[] rows, int panel, bool negate)
    {
        T* to = At(panel);
        int first = panel * Width;
        int count = Math.Min(Width, Columns - first);
        foreach (T* row in rows)
        {
            new ReadOnlySpan<T>(row + first, count).CopyTo(new Span<T>(to, count));
            new Span<T>(to + count, Width - count).Clear();
            for (int i = 0; negate && i < count; i++)
            {
                to[i] = -to[i];
            }

            to += Width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackColumns(T*[] columns, int panel)
    {
        // Short enough for the panel's part to stay in the nearest cache while its columns are filled in.
        const int Part = 128;
        int first = panel * Width;
        int count = Math.Min(Width, Columns - first);
        for (int start = 0; start < Depth; start += Part)
        {
            T* to = At(panel) + (start * Width);
            int rows = Math.Min(Part, Depth - start);
            if (count < Width)
            {
                new Span<T>(to, rows * Width).Clear();
            }

            for (int column = 0; column < count; column++)
            {
                T* from = columns[first + column] + start;
                for (int row = 0; row < rows; row++)
                {
                    to[(row * Width) + column] = from[row];
                }
            }
        }
    }
}
