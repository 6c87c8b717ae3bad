using System.Buffers;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// The sums over rows that a fit needs: Σ w·xᵀx in double precision, Σ w·x, Σ w and the number of rows.
/// Each element of each sum is one chain of additions in row order, so that its bits depend neither on how the rows
/// were split into calls nor on the number of threads.
/// </summary>
/// <remarks>Not thread-safe, not even for reading: that first takes in the rows whose block has not filled up.</remarks>
internal sealed unsafe class SecondMoment
{
    /// <summary>The largest dimension whose square fits into one array.</summary>
    public const int MaxDimension = 46_320;

    // Two sides of 64 columns stay in a core's second cache, and there are enough such tiles to keep the cores even.
    private const int TilePanels = 4;

    private const long ParallelWork = 2_000_000;

    private readonly TileKernel<double> _kernel;
    private readonly int _panelCount;
    private readonly int _threads;
    private readonly AlignedArray<double> _matrix;
    private readonly AlignedArray<double> _sum;
    private readonly WidenedBlock _block;
    private readonly (int Left, int Right)[] _tiles;
    private double _weightSum;

    /// <param name="dimension">The length of a row.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public SecondMoment(int dimension, int maxDegreeOfParallelism = -1)
        : this(dimension, maxDegreeOfParallelism, TileKernels.Double)
    {
    }

    public SecondMoment(int dimension, int maxDegreeOfParallelism, TileKernel<double> kernel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, MaxDimension);
        _kernel = kernel;
        Dimension = dimension;
        _threads = WorkQueue.Threads(maxDegreeOfParallelism);
        _panelCount = (dimension + PanelWidth - 1) / PanelWidth;
        _matrix = new AlignedArray<double>((long)Stride * Stride);
        _sum = new AlignedArray<double>(Stride);
        _block = new WidenedBlock(dimension);
        _tiles = UpperTiles(_panelCount);
    }

    public int Dimension { get; }

    /// <summary>Gets the number of rows added.</summary>
    public long Count { get; private set; }

    public double WeightSum => _weightSum;

    /// <summary>Gets Σ w·x.</summary>
    public ReadOnlySpan<double> Sum => _sum.Span[..Dimension];

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    // Padded to whole panels, so that no tile is cut.
    private int Stride => _panelCount * PanelWidth;

    /// <summary>Makes sums that go on where saved ones stood.</summary>
    /// <param name="count">The saved <see cref="Count"/>.</param>
    /// <param name="weightSum">The saved <see cref="WeightSum"/>.</param>
    /// <param name="sum">The saved <see cref="Sum"/>; its length is the dimension.</param>
    /// <param name="readUpperRow">Called with i = 0, 1, …: fills the span with the saved <see cref="UpperRow"/>.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public static SecondMoment Restore(
        long count,
        double weightSum,
        ReadOnlySpan<double> sum,
        SpanAction<double, int> readUpperRow,
        int maxDegreeOfParallelism = -1)
    {
        var moment = new SecondMoment(sum.Length, maxDegreeOfParallelism) { Count = count, _weightSum = weightSum };
        sum.CopyTo(moment._sum.Span);
        for (int i = 0; i < sum.Length; i++)
        {
            readUpperRow(moment.UpperRowInPlace(i), i);
        }

        return moment;
    }

    /// <summary>Adds rows of weight 1.</summary>
    /// <param name="rows">count × dimension elements, row-major.</param>
    public void Add(ReadOnlySpan<float> rows)
    {
        int count = CheckedCount(rows);
        AddBlocks(rows, default, default, count);
        AddWeights(default, count);
    }

    /// <summary>Adds weighted rows.</summary>
    /// <param name="rows">count × dimension elements, row-major.</param>
    /// <param name="weights">One weight per row, finite and not negative.</param>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        int count = CheckedCount(rows);
        if (weights.Length != count)
        {
            throw new ArgumentException($"{count} rows need as many weights; there are {weights.Length}.", nameof(weights));
        }

        AddBlocks(rows, weights, default, count);
        AddWeights(weights, count);
    }

    /// <summary>Adds rows that are first multiplied by a factor each, in double precision.</summary>
    /// <param name="rows">count × dimension elements, row-major.</param>
    /// <param name="weights">One weight per row, finite and not negative; or empty where all are 1.</param>
    /// <param name="factors">One factor per row.</param>
    public void AddScaled(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<double> factors)
    {
        int count = CheckedCount(rows);
        if (factors.Length != count || (!weights.IsEmpty && weights.Length != count))
        {
            throw new ArgumentException(
                $"{count} rows need as many factors and weights; there are {factors.Length} and {weights.Length}.", nameof(factors));
        }

        AddBlocks(rows, weights, factors, count);
        AddWeights(weights, count);
    }

    /// <summary>Adds what another sum has taken in, as if its rows came after these.</summary>
    public void AddFrom(SecondMoment other)
    {
        if (other.Dimension != Dimension)
        {
            throw new ArgumentException(
                $"Sums over rows of {other.Dimension} cannot be added to sums over rows of {Dimension}.", nameof(other));
        }

        Flush();
        other.Flush();
        AddTo(_matrix.Span, other._matrix.Span);
        AddTo(_sum.Span, other._sum.Span);
        _weightSum += other._weightSum;
        Count += other.Count;
    }

    /// <summary>Returns Σ w·xᵀx, dimension × dimension elements, with zeros below the diagonal: the eigensolver reads no others.</summary>
    public double[] ToUpperMatrix()
    {
        double[] matrix = new double[Dimension * Dimension];
        for (int i = 0; i < Dimension; i++)
        {
            UpperRow(i).CopyTo(matrix.AsSpan((i * Dimension) + i));
        }

        return matrix;
    }

    /// <summary>Returns the elements (i, i) … (i, dimension − 1) of Σ w·xᵀx; valid until rows are added.</summary>
    public ReadOnlySpan<double> UpperRow(int i)
    {
        Flush();
        return UpperRowInPlace(i);
    }

    // The tiles on the diagonal come last: they are half the work, and even the threads out.
    private static (int Left, int Right)[] UpperTiles(int panelCount)
    {
        var starts = Enumerable.Range(0, (panelCount + TilePanels - 1) / TilePanels).Select(i => i * TilePanels).ToList();
        return [.. starts.SelectMany(left => starts.Where(right => right > left).Select(right => (left, right))),
            .. starts.Select(start => (start, start))];
    }

    private static void AddTo(Span<double> target, ReadOnlySpan<double> terms)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += terms[i];
        }
    }

    private int CheckedCount(ReadOnlySpan<float> rows)
    {
        int count = rows.Length / Dimension;
        return count * Dimension == rows.Length
            ? count
            : throw new ArgumentException($"{rows.Length} values are not a whole number of rows of {Dimension}.", nameof(rows));
    }

    private Span<double> UpperRowInPlace(int i) => _matrix.Span.Slice((i * Stride) + i, Dimension - i);

    private void AddWeights(ReadOnlySpan<float> weights, int count)
    {
        if (weights.IsEmpty)
        {
            _weightSum += count;
        }

        foreach (float weight in weights)
        {
            _weightSum += weight;
        }
    }

    private void AddBlocks(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<double> factors, int count)
    {
        if (_block.IsWeighted != !weights.IsEmpty)
        {
            Flush();
        }

        for (int first = 0; first < count;)
        {
            int taken = Math.Min(count - first, WidenedBlock.Capacity - _block.Count);
            _block.Append(
                rows.Slice(first * Dimension, taken * Dimension),
                weights.IsEmpty ? default : weights.Slice(first, taken),
                factors.IsEmpty ? default : factors.Slice(first, taken),
                taken,
                _sum,
                _threads);
            first += taken;
            if (_block.Count == WidenedBlock.Capacity)
            {
                Flush();
            }
        }

        Count += count;
    }

    private void Flush()
    {
        if (_block.Count == 0)
        {
            return;
        }

        fixed (double* matrix = _matrix, rows = _block.Rows, weighted = _block.WeightedRows)
        {
            var job = new Job(matrix, rows, weighted, _block.Count);
            if (_threads == 1 || (long)_block.Count * Stride * Stride / 2 < ParallelWork)
            {
                foreach ((int left, int right) in _tiles)
                {
                    AddTile(job, left, right);
                }
            }
            else
            {
                AddTilesInParallel(job);
            }
        }

        _block.Clear();
    }

    private void AddTilesInParallel(Job job) =>
        WorkQueue.Run(_tiles.Length, _threads, i => AddTile(job, _tiles[i].Left, _tiles[i].Right));

    private void AddTile(in Job job, int firstLeft, int firstRight)
    {
        for (int right = firstRight; right < Math.Min(firstRight + TilePanels, _panelCount); right++)
        {
            for (int left = firstLeft; left <= Math.Min(firstLeft + TilePanels - 1, right); left++)
            {
                _kernel.MultiplyAdd(
                    job.Weighted + ((nint)left * WidenedBlock.PanelSize),
                    1,
                    PanelWidth,
                    PanelWidth,
                    job.Rows + ((nint)right * WidenedBlock.PanelSize),
                    job.Count,
                    job.Matrix + ((nint)left * PanelWidth * Stride) + (right * PanelWidth),
                    Stride);
            }
        }
    }

    private readonly struct Job(double* matrix, double* rows, double* weighted, int count)
    {
        public readonly double* Matrix = matrix;
        public readonly double* Rows = rows;
        public readonly double* Weighted = weighted;
        public readonly int Count = count;
    }
}
