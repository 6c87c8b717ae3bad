using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// A symmetric matrix as a sum of products of packed rows with themselves. Only the panels on and right of the diagonal
/// are stored, side by side: half the memory. Each element is one chain of additions in the order of the rows.
/// </summary>
internal sealed unsafe class UpperMatrix
{
    /// <summary>The largest order: all of its elements, not only the upper ones, then fit into one array.</summary>
    public const int MaxOrder = 46_320;

    // Two sides of 64 columns stay in a core's second cache, and there are enough such tiles to keep the cores even.
    private const int TilePanels = 4;

    private const long ParallelWork = 2_000_000;

    private readonly TileKernel<double> _kernel;
    private readonly int _panelCount;
    private readonly int _threads;
    private readonly AlignedBuffer<double> _values;
    private readonly (int Left, int Right)[] _tiles;

    public UpperMatrix(int order, int threads, TileKernel<double> kernel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrder);
        _kernel = kernel;
        _threads = threads;
        Order = order;
        _panelCount = (order + PanelWidth - 1) / PanelWidth;
        _values = AlignedBuffer<double>.Lasting(PanelOffset(_panelCount));
        _tiles = UpperTiles(_panelCount);
    }

    public int Order { get; }

    /// <summary>Gets whether all elements of the diagonal are 0, and with them those of any sum of squares.</summary>
    public bool HasZeroDiagonal
    {
        get
        {
            for (int i = 0; i < Order; i++)
            {
                if (Row(i)[0] != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    /// <summary>The elements (i, i) … (i, order − 1).</summary>
    public Span<double> Row(int i) => _values.Span.Slice(RowOffset(i), Order - i);

    /// <summary>The first element, to pin the matrix by.</summary>
    public ref double GetPinnableReference() => ref _values.GetPinnableReference();

    /// <summary>The place of element (i, i) behind the first one; those right of it follow.</summary>
    public int RowOffset(int i)
    {
        (int panel, int row) = Math.DivRem(i, PanelWidth);
        return (int)PanelOffset(panel) + (row * Stride(panel)) + row;
    }

    /// <summary>Adds the upper triangle of leftᵀ·right.</summary>
    /// <param name="left">Panels of <see cref="PanelWidth"/> columns, one after the other.</param>
    /// <param name="right">Such panels, with a product that is symmetric.</param>
    /// <param name="panelSize">The elements from one panel to the next.</param>
    /// <param name="depth">The rows of the panels.</param>
    public void AddProduct(AlignedBuffer<double> left, AlignedBuffer<double> right, int panelSize, int depth)
    {
        fixed (double* values = _values, first = left, second = right)
        {
            var job = new Job(values, first, second, panelSize, depth);
            if (_threads == 1 || (long)depth * Order * Order / 2 < ParallelWork)
            {
                foreach ((int leftPanel, int rightPanel) in _tiles)
                {
                    AddTile(job, leftPanel, rightPanel);
                }
            }
            else
            {
                AddInParallel(job);
            }
        }
    }

    /// <summary>Adds another matrix of the same order.</summary>
    public void Add(UpperMatrix other)
    {
        Span<double> target = _values.Span;
        ReadOnlySpan<double> terms = other._values.Span;
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += terms[i];
        }
    }

    // The tiles on the diagonal come last: they are half the work, and even the threads out.
    private static (int Left, int Right)[] UpperTiles(int panelCount)
    {
        var starts = Enumerable.Range(0, (panelCount + TilePanels - 1) / TilePanels).Select(i => i * TilePanels).ToList();
        return [.. starts.SelectMany(left => starts.Where(right => right > left).Select(right => (left, right))),
            .. starts.Select(start => (start, start))];
    }

    /// <summary>The elements before those of a panel of rows; each has its columns from the diagonal on.</summary>
    private long PanelOffset(int panel) => (long)PanelWidth * PanelWidth * (((long)panel * _panelCount) - ((long)panel * (panel - 1) / 2));

    private int Stride(int panel) => (_panelCount - panel) * PanelWidth;

    private void AddInParallel(Job job) =>
        ForkJoin.Run(_tiles.Length, _threads, i => AddTile(job, _tiles[i].Left, _tiles[i].Right));

    private void AddTile(in Job job, int firstLeft, int firstRight)
    {
        for (int right = firstRight; right < Math.Min(firstRight + TilePanels, _panelCount); right++)
        {
            for (int left = firstLeft; left <= Math.Min(firstLeft + TilePanels - 1, right); left++)
            {
                _kernel.MultiplyAdd(
                    job.Left + ((nint)left * job.PanelSize),
                    1,
                    PanelWidth,
                    PanelWidth,
                    job.Right + ((nint)right * job.PanelSize),
                    job.Depth,
                    job.Values + PanelOffset(left) + ((right - left) * PanelWidth),
                    Stride(left));
            }
        }
    }

    private readonly struct Job(double* values, double* left, double* right, int panelSize, int depth)
    {
        public readonly double* Values = values;
        public readonly double* Left = left;
        public readonly double* Right = right;
        public readonly int PanelSize = panelSize;
        public readonly int Depth = depth;
    }
}
