using System.Buffers;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>
/// The sums over rows that a fit needs: Σ w·xᵀx in double precision, Σ w·x, Σ w and the number of rows.
/// Each element of each sum is one chain of additions in row order, so that its bits depend neither on how the rows
/// were split into calls nor on the number of threads.
/// </summary>
/// <remarks>Not thread-safe, not even for reading: that first takes in the rows whose block has not filled up.</remarks>
internal sealed class SecondMoment
{
    /// <summary>The largest dimension.</summary>
    public const int MaxDimension = UpperMatrix.MaxOrder;

    private readonly int _threads;
    private readonly UpperMatrix _matrix;
    private readonly AlignedBuffer<double> _sum;
    private readonly WidenedBlock _block;
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
        Dimension = dimension;
        _threads = ForkJoin.Threads(maxDegreeOfParallelism);
        _matrix = new UpperMatrix(dimension, _threads, kernel);
        _block = new WidenedBlock(dimension);
        _sum = AlignedBuffer<double>.Lasting(_block.PaddedDimension);
    }

    public int Dimension { get; }

    /// <summary>Gets the number of rows added.</summary>
    public long Count { get; private set; }

    public double WeightSum => _weightSum;

    /// <summary>Gets Σ w·x.</summary>
    public ReadOnlySpan<double> Sum => _sum.Span[..Dimension];

    /// <summary>Gets Σ w·xᵀx; valid until rows are added.</summary>
    public UpperMatrix Matrix
    {
        get
        {
            Settle();
            return _matrix;
        }
    }

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
            readUpperRow(moment._matrix.Row(i), i);
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

        Matrix.Add(other.Matrix);
        Span<double> sum = _sum.Span;
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += other._sum.Span[i];
        }

        _weightSum += other._weightSum;
        Count += other.Count;
    }

    /// <summary>Returns the elements (i, i) … (i, dimension − 1) of Σ w·xᵀx; valid until rows are added.</summary>
    public ReadOnlySpan<double> UpperRow(int i) => Matrix.Row(i);

    private int CheckedCount(ReadOnlySpan<float> rows)
    {
        int count = rows.Length / Dimension;
        return count * Dimension == rows.Length
            ? count
            : throw new ArgumentException($"{rows.Length} values are not a whole number of rows of {Dimension}.", nameof(rows));
    }

    private void AddWeights(ReadOnlySpan<float> weights, int count)
    {
        // One by one also where all are 1, so that the bits do not depend on how rows were split into calls.
        for (int i = 0; i < count; i++)
        {
            _weightSum += weights.IsEmpty ? 1 : weights[i];
        }
    }

    private void AddBlocks(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<double> factors, int count)
    {
        if (_block.IsWeighted != !weights.IsEmpty)
        {
            Settle();
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
                Settle();
            }
        }

        Count += count;
    }

    /// <summary>Takes in rows that wait for others to fill a block.</summary>
    public void Settle()
    {
        if (_block.Count == 0)
        {
            return;
        }

        _matrix.AddProduct(_block.WeightedRows, _block.Rows, WidenedBlock.PanelSize, _block.Count);
        _block.Clear();
    }
}
