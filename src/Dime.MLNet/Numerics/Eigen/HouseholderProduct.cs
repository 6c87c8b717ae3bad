using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// The vectors V and W of a panel, by which the trailing matrix still is to be updated (A − Vᵀ·W − Wᵀ·V),
/// and the product of that matrix with the next vector. This is where half of the reduction's operations and most
/// of its memory traffic are, so only one triangle is read, and it is read once.
/// </summary>
internal sealed unsafe class HouseholderProduct : IDisposable
{
    private const int MaxSlices = 16;
    private const int RowsPerSlice = 128;
    private const int DotsPerPiece = 8;

    private readonly double* _matrix;
    private readonly int _order;
    private readonly int _padded;
    private readonly int _stride;
    private readonly int _capacity;
    private readonly ForkJoin _threads;
    private readonly AlignedBuffer<double> _panel;
    private readonly AlignedBuffer<double> _partial;
    private readonly AlignedBuffer<double> _dots;
    private int _count;

    public HouseholderProduct(double* matrix, int order, int capacity, ForkJoin threads)
    {
        _matrix = matrix;
        _order = order;
        _padded = VectorOperations.Pad(order);
        _stride = VectorOperations.PadStride(order);
        _capacity = capacity;
        _threads = threads;
        _panel = AlignedBuffer<double>.Uninitialized(2L * capacity * _stride);
        _partial = AlignedBuffer<double>.Uninitialized((long)MaxSlices * _stride);
        _dots = AlignedBuffer<double>.Uninitialized(2L * capacity);
    }

    /// <summary>V: a row per reflection of the panel, zero up to and including its column.</summary>
    public double* Vectors => _panel.Start;

    /// <summary>W, directly behind V.</summary>
    public double* Images => _panel.Start + ((nint)_capacity * _stride);

    public void Clear()
    {
        _count = 0;
        new Span<double>(_panel.Start, checked(2 * _capacity * _stride)).Clear();
    }

    /// <summary>Brings one row of the matrix up to date.</summary>
    public void ApplyPending(int row, double* values)
    {
        double* factors = stackalloc double[2 * _capacity];
        for (int i = 0; i < _count; i++)
        {
            factors[i] = -Images[((nint)i * _stride) + row];
            factors[_capacity + i] = -Vectors[((nint)i * _stride) + row];
        }

        int start = VectorOperations.BlockStart(row);
        AddPending(factors, start, values + start, _padded - start);
    }

    /// <summary>Adds the reflection of a column to the panel.</summary>
    public void Append(int column, double* reflector, double factor)
    {
        int count = _order - column - 1;
        double* v = Vectors + ((nint)_count * _stride);
        double* w = Images + ((nint)_count * _stride);
        new ReadOnlySpan<double>(reflector + column + 1, count).CopyTo(new Span<double>(v + column + 1, count));
        if (factor != 0.0)
        {
            int start = VectorOperations.BlockStart(column + 1);
            Multiply(v, w, start);
            new Span<double>(w, column + 1).Clear();

            // w = τ·p − ½·τ²·(pᵀv)·v makes the two-sided update A − v·wᵀ − w·vᵀ.
            double overlap = VectorOperations.Dot(w + start, v + start, _padded - start);
            VectorOperations.Scale(factor, w + start, _padded - start);
            VectorOperations.AddScaled(-0.5 * factor * factor * overlap, v + start, w + start, _padded - start);
        }

        _count++;
    }

    public void Dispose()
    {
        _panel.Dispose();
        _partial.Dispose();
        _dots.Dispose();
    }

    /// <summary>w = (A − Vᵀ·W − Wᵀ·V)·v from the block at which v starts; what stands before v's first element is arbitrary.</summary>
    private void Multiply(double* v, double* w, int start)
    {
        // The slices depend on the size alone: the same sums in the same order for any number of threads.
        int slices = Math.Clamp((_padded - start) / RowsPerSlice, 1, MaxSlices);
        int dotPieces = (_count + DotsPerPiece - 1) / DotsPerPiece;
        if (slices == 1)
        {
            MultiplySlice(v, start, _padded, _partial.Start);
            DotPiece(v, start, 0, _count);
        }
        else
        {
            _threads.Run(slices + dotPieces, piece =>
            {
                if (piece < slices)
                {
                    // To and fro: where the triangle outgrows the cache, what was read last is still there.
                    int slice = _count % 2 == 0 ? piece : slices - 1 - piece;
                    MultiplySlice(v, SliceStart(start, slice, slices), SliceStart(start, slice + 1, slices), Partial(slice));
                }
                else
                {
                    int first = (piece - slices) * DotsPerPiece;
                    DotPiece(v, start, first, Math.Min(DotsPerPiece, _count - first));
                }
            });
        }

        for (int slice = 0; slice < slices; slice++)
        {
            int from = SliceStart(start, slice, slices);
            VectorOperations.AddScaled(1.0, Partial(slice) + from, w + from, _padded - from);
        }

        AddPending(_dots.Start, start, w + start, _padded - start);
    }

    private double* Partial(int slice) => _partial.Start + ((nint)slice * _stride);

    /// <summary>Cuts the triangle that starts at the given row into slices of whole blocks and about the same area.</summary>
    private int SliceStart(int start, int slice, int slices)
    {
        if (slice == slices)
        {
            return _padded;
        }

        int rows = _padded - start;
        return start + VectorOperations.BlockStart((int)(rows * (1.0 - Math.Sqrt(1.0 - ((double)slice / slices)))));
    }

    /// <summary>Dot products of v with rows of W and V, the factors of V and W in the pending update.</summary>
    private void DotPiece(double* v, int start, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            nint row = ((nint)i * _stride) + start;
            _dots.Start[i] = -VectorOperations.Dot(Images + row, v + start, _padded - start);
            _dots.Start[_capacity + i] = -VectorOperations.Dot(Vectors + row, v + start, _padded - start);
        }
    }

    private void AddPending(double* factors, int start, double* target, int count)
    {
        VectorOperations.AddScaledRows(factors, _count, Vectors + start, _stride, target, count);
        VectorOperations.AddScaledRows(factors + _capacity, _count, Images + start, _stride, target, count);
    }

    /// <summary>result = the product with the rows first … end − 1 of the triangle, and with their mirror images.</summary>
    private void MultiplySlice(double* v, int first, int end, double* result)
    {
        new Span<double>(result + first, _padded - first).Clear();
        for (int row = first; row < end; row += VectorOperations.Block)
        {
            MultiplyRows(row, v, result);
        }
    }

    /// <summary>
    /// A block of rows at once, as rows and as columns, so that v and the result are passed over seldom;
    /// their diagonal block is stored whole and counts as rows only.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyRows(int row, double* v, double* result)
    {
        double* a0 = _matrix + ((nint)row * _stride);
        double* a1 = a0 + _stride;
        double* a2 = a1 + _stride;
        double* a3 = a2 + _stride;
        double* a4 = a3 + _stride;
        double* a5 = a4 + _stride;
        double* a6 = a5 + _stride;
        double* a7 = a6 + _stride;
        Vector<double> s0 = Vector<double>.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        int mirrorStart = row + VectorOperations.Block;
        for (int i = row; i < mirrorStart; i += Vector<double>.Count)
        {
            var x = Vector.Load(v + i);
            s0 = VectorOperations.MultiplyAdd(Vector.Load(a0 + i), x, s0);
            s1 = VectorOperations.MultiplyAdd(Vector.Load(a1 + i), x, s1);
            s2 = VectorOperations.MultiplyAdd(Vector.Load(a2 + i), x, s2);
            s3 = VectorOperations.MultiplyAdd(Vector.Load(a3 + i), x, s3);
            s4 = VectorOperations.MultiplyAdd(Vector.Load(a4 + i), x, s4);
            s5 = VectorOperations.MultiplyAdd(Vector.Load(a5 + i), x, s5);
            s6 = VectorOperations.MultiplyAdd(Vector.Load(a6 + i), x, s6);
            s7 = VectorOperations.MultiplyAdd(Vector.Load(a7 + i), x, s7);
        }

        var v0 = new Vector<double>(v[row]);
        var v1 = new Vector<double>(v[row + 1]);
        var v2 = new Vector<double>(v[row + 2]);
        var v3 = new Vector<double>(v[row + 3]);
        var v4 = new Vector<double>(v[row + 4]);
        var v5 = new Vector<double>(v[row + 5]);
        var v6 = new Vector<double>(v[row + 6]);
        var v7 = new Vector<double>(v[row + 7]);
        for (int i = mirrorStart; i < _padded; i += Vector<double>.Count)
        {
            var x = Vector.Load(v + i);
            var m0 = Vector.Load(a0 + i);
            s0 = VectorOperations.MultiplyAdd(m0, x, s0);
            var m1 = Vector.Load(a1 + i);
            s1 = VectorOperations.MultiplyAdd(m1, x, s1);
            var m2 = Vector.Load(a2 + i);
            s2 = VectorOperations.MultiplyAdd(m2, x, s2);
            var m3 = Vector.Load(a3 + i);
            s3 = VectorOperations.MultiplyAdd(m3, x, s3);
            var m4 = Vector.Load(a4 + i);
            s4 = VectorOperations.MultiplyAdd(m4, x, s4);
            var m5 = Vector.Load(a5 + i);
            s5 = VectorOperations.MultiplyAdd(m5, x, s5);
            var m6 = Vector.Load(a6 + i);
            s6 = VectorOperations.MultiplyAdd(m6, x, s6);
            var m7 = Vector.Load(a7 + i);
            s7 = VectorOperations.MultiplyAdd(m7, x, s7);
            Vector<double> even = VectorOperations.MultiplyAdd(m0, v0, Vector.Load(result + i));
            even = VectorOperations.MultiplyAdd(m2, v2, even);
            even = VectorOperations.MultiplyAdd(m4, v4, even);
            even = VectorOperations.MultiplyAdd(m6, v6, even);
            Vector<double> odd = VectorOperations.MultiplyAdd(m3, v3, m1 * v1);
            odd = VectorOperations.MultiplyAdd(m5, v5, odd);
            odd = VectorOperations.MultiplyAdd(m7, v7, odd);
            (even + odd).Store(result + i);
        }

        result[row] += Vector.Sum(s0);
        result[row + 1] += Vector.Sum(s1);
        result[row + 2] += Vector.Sum(s2);
        result[row + 3] += Vector.Sum(s3);
        result[row + 4] += Vector.Sum(s4);
        result[row + 5] += Vector.Sum(s5);
        result[row + 6] += Vector.Sum(s6);
        result[row + 7] += Vector.Sum(s7);
    }
}
