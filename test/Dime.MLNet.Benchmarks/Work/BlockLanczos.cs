using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>
/// The solver the library does without: a block Krylov space of a symmetric matrix, each block made orthogonal to all before
/// it, twice, and the eigenpairs of the matrix on that space. It does not know when it is large enough, nor what it missed.
/// </summary>
internal sealed unsafe class BlockLanczos : IDisposable
{
    /// <summary>The vectors that a step adds. More share a pass over the matrix, but the space must then be larger.</summary>
    public const int Block = 16;

    private readonly int _order;
    private readonly int _capacity;
    private readonly ForkJoin _threads;
    private readonly PackedPanels<double> _matrix;
    private readonly AlignedBuffer<double> _basis;
    private readonly AlignedBuffer<double> _scratch;
    private readonly double[] _projected;
    private readonly List<PackedPanels<double>> _across = [];
    private readonly List<PackedPanels<double>> _along = [];
    private double[] _coupling = [];

    /// <param name="matrix">order × order elements, pinned by the caller.</param>
    /// <param name="order">P.</param>
    /// <param name="capacity">The size of the largest space, a multiple of <see cref="Block"/>.</param>
    /// <param name="threads">The threads.</param>
    public BlockLanczos(double* matrix, int order, int capacity, ForkJoin threads)
    {
        _order = order;
        _capacity = capacity;
        _threads = threads;
        _matrix = PackedPanels<double>.FromRows(Rows(matrix, order), order, threads);
        _basis = AlignedBuffer<double>.Uninitialized((long)(capacity + Block) * order);
        _scratch = AlignedBuffer<double>.Uninitialized((long)Block * order);
        _projected = new double[(long)capacity * capacity];
        var random = new Random(1);
        foreach (ref double value in new Span<double>(_basis.Start, Block * order))
        {
            value = random.NextDouble() - 0.5;
        }

        Orthonormalize(_basis.Start);
    }

    /// <summary>Gets the size of the space.</summary>
    public int Size { get; private set; }

    /// <summary>Adds a block to the space.</summary>
    public void Step()
    {
        double* last = _basis.Start + ((nint)Size * _order);
        double* next = last + ((nint)Block * _order);
        _across.Add(PackedPanels<double>.FromColumns(Rows(last, Block), _order, _threads));
        _along.Add(PackedPanels<double>.FromRows(Rows(last, Block), _order, _threads, negate: true));
        PackedProduct.Set(last, _order, Block, _matrix, next, _order, _threads);
        for (int i = 2 * _across.Count - 1; i >= 0; i--)
        {
            int block = i % _across.Count;
            PackedProduct.Set(next, _order, Block, _across[block], _scratch.Start, Block, _threads);
            PackedProduct.Add(_scratch.Start, Block, Block, _along[block], next, _order, _threads);
            for (int e = 0; block == _across.Count - 1 && e < Block * Block; e++)
            {
                _projected[((Size + (e / Block)) * _capacity) + Size + (e % Block)] += _scratch.Start[e];
            }
        }

        _coupling = Orthonormalize(next);
        Size += Block;
        for (int e = 0; Size < _capacity && e < Block * Block; e++)
        {
            _projected[((Size - Block + (e / Block)) * _capacity) + Size + (e % Block)] = _coupling[e];
        }
    }

    /// <summary>The leading pairs on the space, their vectors in its coordinates, and the largest ‖Mv − λv‖ / λ₁ among them.</summary>
    public (EigenPairs Pairs, double Residual) Solve(int count, int threads)
    {
        double[] matrix = new double[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            Array.Copy(_projected, i * _capacity, matrix, i * Size, Size);
        }

        EigenPairs pairs = SymmetricEigen.Largest(matrix, Size, count, threads);
        double[] ends = [.. Enumerable.Range(1, count).SelectMany(i => pairs.Vectors[((i * Size) - Block)..(i * Size)])];
        double[] outside = DenseProduct.Multiply(ends, _coupling, Block);
        return (pairs, Math.Sqrt(outside.Chunk(Block).Max(residual => residual.Sum(x => x * x))) / pairs.Values[0]);
    }

    /// <summary>Vectors of the space as such of P elements.</summary>
    public double[] Expand(EigenPairs pairs)
    {
        double[] vectors = new double[pairs.Count * _order];
        using var basis = PackedPanels<double>.FromRows(Rows(_basis.Start, Size), _order, _threads);
        fixed (double* from = pairs.Vectors, to = vectors)
        {
            PackedProduct.Set(from, Size, pairs.Count, basis, to, _order, _threads);
        }

        return vectors;
    }

    public void Dispose()
    {
        foreach (PackedPanels<double> panels in (IEnumerable<PackedPanels<double>>)[_matrix, .. _across, .. _along])
        {
            panels.Dispose();
        }

        _basis.Dispose();
        _scratch.Dispose();
    }

    private double*[] Rows(double* start, int count)
    {
        double*[] rows = new double*[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = start + ((nint)i * _order);
        }

        return rows;
    }

    /// <summary>Gram and Schmidt within a block, twice; returns the lower triangle L of block = L·(orthonormal block).</summary>
    private double[] Orthonormalize(double* block)
    {
        double[] triangle = new double[Block * Block];
        for (int i = 0; i < Block; i++)
        {
            double* row = block + ((nint)i * _order);
            for (int j = 0; j < 2 * i; j++)
            {
                double* before = block + ((nint)(j % i) * _order);
                double overlap = VectorOperations.Dot(row, before, _order);
                triangle[(i * Block) + (j % i)] += overlap;
                VectorOperations.AddScaled(-overlap, before, row, _order);
            }

            double norm = Math.Sqrt(VectorOperations.Dot(row, row, _order));
            triangle[(i * Block) + i] = norm;
            VectorOperations.Scale(1 / norm, row, _order);
        }

        return triangle;
    }
}
