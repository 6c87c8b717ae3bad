using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Joins the eigenpairs of two neighbouring blocks to those of the block they make up. All values are found at once;
/// vectors are formed only for the pairs asked for.
/// </summary>
internal sealed unsafe class RankOneMerge : IDisposable
{
    private const int RootsPerPiece = 16;

    private readonly int _leftOrder;
    private readonly int _rightOrder;
    private readonly ForkJoin _threads;
    private readonly Deflation _problem;
    private readonly AlignedBuffer<double> _active;
    private readonly double* _poles;
    private readonly double* _weights;
    private readonly double* _refined;
    private readonly int[] _origins;
    private readonly double[] _offsets;
    private readonly double[] _values;
    private readonly int[] _ascending;

    public RankOneMerge(TridiagonalBlock left, TridiagonalBlock right, double coupling, ForkJoin threads)
    {
        _leftOrder = left.Order;
        _rightOrder = right.Order;
        _threads = threads;
        _problem = new Deflation(left, right, coupling);
        int count = _problem.Active.Count;
        int padded = VectorOperations.Pad(count);
        _active = AlignedBuffer<double>.Zeroed(3L * padded);
        _poles = _active.Start;
        _weights = _poles + padded;
        _refined = _weights + padded;
        _origins = new int[count];
        _offsets = new double[count];
        _values = new double[Order];
        FindValues(count);
        _ascending = new int[Order];
        SortValues();
    }

    public int Order => _leftOrder + _rightOrder;

    /// <summary>All eigenvalues of the joined block, descending.</summary>
    public double[] DescendingValues()
    {
        double[] values = new double[Order];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _values[_ascending[^(i + 1)]];
        }

        return values;
    }

    /// <summary>Forms the pairs with the given number of largest values.</summary>
    public TridiagonalBlock Form(int largest)
    {
        int count = _problem.Active.Count;
        int[] chosen = _ascending[^largest..];
        int[] roots = [.. chosen.Where(index => index < count).Order()];
        int[] deflated = [.. chosen.Where(index => index >= count).Order()];
        var block = new TridiagonalBlock(Order, largest);
        if (roots.Length > 0)
        {
            FormRoots(roots, block);
        }

        for (int i = 0; i < roots.Length; i++)
        {
            block.Values[i] = _values[roots[i]];
        }

        for (int i = 0; i < deflated.Length; i++)
        {
            int row = roots.Length + i;
            int pair = _problem.Deflated[deflated[i] - count];
            block.Values[row] = _values[deflated[i]];
            Copy(_problem.Left(pair), block.Vector(row), _leftOrder);
            Copy(_problem.Right(pair), block.Vector(row) + _leftOrder, _rightOrder);
        }

        block.Sort();
        return block;
    }

    public void Dispose()
    {
        _problem.Dispose();
        _active.Dispose();
    }

    private static void Copy(double* from, double* to, int count)
    {
        var target = new Span<double>(to, count);
        if (from == null)
        {
            target.Clear();
            return;
        }

        new ReadOnlySpan<double>(from, count).CopyTo(target);
    }

    private void FindValues(int count)
    {
        for (int i = 0; i < count; i++)
        {
            double weight = _problem.Weight(_problem.Active[i]);
            _poles[i] = _problem.Value(_problem.Active[i]);
            _weights[i] = weight * weight;
        }

        var secular = new SecularEquation(_poles, _weights, count, _problem.Rho);
        _threads.Run((count + RootsPerPiece - 1) / RootsPerPiece, piece =>
        {
            for (int i = piece * RootsPerPiece; i < Math.Min((piece + 1) * RootsPerPiece, count); i++)
            {
                secular.FindRoot(i, out _origins[i], out _offsets[i]);
                _values[i] = _poles[_origins[i]] + _offsets[i];
            }
        });

        for (int i = 0; i < _problem.Deflated.Count; i++)
        {
            _values[count + i] = _problem.Value(_problem.Deflated[i]);
        }
    }

    private void SortValues()
    {
        for (int i = 0; i < _ascending.Length; i++)
        {
            _ascending[i] = i;
        }

        Array.Sort(_ascending, (a, b) => _values[a] != _values[b] ? _values[a].CompareTo(_values[b]) : a.CompareTo(b));
    }

    private void FormRoots(int[] roots, TridiagonalBlock block)
    {
        RefineWeights();

        // Vectors that live in the left block only, in both, in the right only: the zeros are then left out of the products.
        List<int> active = _problem.Active;
        int[] order = [.. Enumerable.Range(0, active.Count).OrderBy(i => _problem.Right(active[i]) == null ? 0 : _problem.Left(active[i]) != null ? 1 : 2)];
        int leftEnd = order.Count(i => _problem.Left(active[i]) != null);
        int rightStart = order.Count(i => _problem.Right(active[i]) == null);

        int stride = VectorOperations.PadStride(order.Length);
        using var mixing = AlignedBuffer<double>.Uninitialized((long)roots.Length * stride);
        FormMixing(roots, order, mixing.Start, stride);

        double*[] parts = new double*[leftEnd];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = _problem.Left(active[order[i]]);
        }

        Multiply(mixing.Start, stride, roots.Length, parts, _leftOrder, block.Vector(0), block.Stride);

        parts = new double*[order.Length - rightStart];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = _problem.Right(active[order[rightStart + i]]);
        }

        Multiply(mixing.Start + rightStart, stride, roots.Length, parts, _rightOrder, block.Vector(0) + _leftOrder, block.Stride);
    }

    private void Multiply(double* mixing, int stride, int rows, double*[] parts, int columns, double* result, int resultStride)
    {
        using var panels = PackedPanels<double>.FromRows(parts, columns, _threads);
        PackedProduct.Set(mixing, stride, rows, panels, result, resultStride, _threads);
    }

    /// <summary>
    /// Gu and Eisenstat: the weights for which the computed roots are exact. Eigenvectors made from these are orthogonal
    /// however close the roots are: ẑⱼ² = Πᵢ(λᵢ − dⱼ) / Π₍ᵢ≠ⱼ₎(dᵢ − dⱼ).
    /// </summary>
    private void RefineWeights()
    {
        int count = _origins.Length;
        _threads.Run(VectorOperations.Pad(count) / VectorOperations.Block, piece =>
        {
            for (int j = piece * VectorOperations.Block; j < (piece + 1) * VectorOperations.Block; j += Vector<double>.Count)
            {
                RefineWeights(j);
            }
        });

        for (int j = 0; j < count; j++)
        {
            _refined[j] = Math.CopySign(Math.Sqrt(Math.Abs(_refined[j])), _problem.Weight(_problem.Active[j]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RefineWeights(int first)
    {
        var poles = Vector.Load(_poles + first);
        Vector<double> product = Vector<double>.One;
        for (int i = 0; i < _origins.Length; i++)
        {
            Vector<double> toRoot = new Vector<double>(_poles[_origins[i]]) - poles + new Vector<double>(_offsets[i]);
            Vector<double> toPole = new Vector<double>(_poles[i]) - poles;
            product *= toRoot / Vector.ConditionalSelect(Vector.Equals(toPole, Vector<double>.Zero), Vector<double>.One, toPole);
        }

        product.Store(_refined + first);
    }

    /// <summary>A row per root: its vector in terms of the active pairs, ẑⱼ/(dⱼ − λ), normalised.</summary>
    private void FormMixing(int[] roots, int[] order, double* mixing, int stride)
    {
        int padded = VectorOperations.Pad(order.Length);
        using var ordered = AlignedBuffer<double>.Zeroed(2L * padded);
        double* poles = ordered.Start;
        double* weights = poles + padded;
        new Span<double>(poles, padded).Fill(double.MaxValue);
        for (int i = 0; i < order.Length; i++)
        {
            poles[i] = _poles[order[i]];
            weights[i] = _refined[order[i]];
        }

        _threads.Run((roots.Length + RootsPerPiece - 1) / RootsPerPiece, piece =>
        {
            for (int i = piece * RootsPerPiece; i < Math.Min((piece + 1) * RootsPerPiece, roots.Length); i++)
            {
                FormMixingRow(_poles[_origins[roots[i]]], _offsets[roots[i]], poles, weights, padded, mixing + ((nint)i * stride));
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FormMixingRow(double origin, double offset, double* poles, double* weights, int count, double* row)
    {
        var shift = new Vector<double>(origin);
        var beyond = new Vector<double>(offset);
        for (int j = 0; j < count; j += Vector<double>.Count)
        {
            (Vector.Load(weights + j) / (Vector.Load(poles + j) - shift - beyond)).Store(row + j);
        }

        VectorOperations.Scale(1.0 / Math.Sqrt(VectorOperations.Dot(row, row, count)), row, count);
    }
}
