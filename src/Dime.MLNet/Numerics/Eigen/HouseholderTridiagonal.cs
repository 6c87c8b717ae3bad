namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Reduces a symmetric matrix to the tridiagonal T = Qᵀ·A·Q by Householder reflections, in panels: within a panel
/// the trailing matrix is only read (one product with a vector per column), and is then updated as a whole.
/// </summary>
internal sealed unsafe class HouseholderTridiagonal : IDisposable
{
    /// <summary>The reflections that are stored, and later applied, together.</summary>
    public const int GroupSize = 64;

    // A multiple of a block, so that every panel starts on a block.
    private const int PanelSize = 32;

    private AlignedBuffer<double> _matrix;
    private readonly ForkJoin _threads;
    private readonly int _stride;

    private HouseholderTridiagonal(AlignedBuffer<double> matrix, int order, ForkJoin threads)
    {
        _matrix = matrix;
        _threads = threads;
        Order = order;
        _stride = VectorOperations.PadStride(order);
        Diagonal = new double[order];
        OffDiagonal = new double[order];
        Factors = new double[order];
    }

    public int Order { get; }

    public double[] Diagonal { get; }

    /// <summary>Element j couples j and j + 1; the last is zero.</summary>
    public double[] OffDiagonal { get; }

    /// <summary>τ of each reflection I − τ·v·vᵀ; zero where there is nothing to reflect.</summary>
    public double[] Factors { get; }

    public int Groups => (Order + GroupSize - 1) / GroupSize;

    /// <summary>Room for a matrix of the given order: rows of a padded stride, whole blocks of rows and of columns.</summary>
    public static AlignedBuffer<double> Allocate(int order) => AlignedBuffer<double>.Uninitialized((long)VectorOperations.Pad(order) * VectorOperations.PadStride(order));

    /// <summary>
    /// Reduces a matrix of which at least the upper triangle and the blocks around the diagonal are filled in,
    /// with zeros beyond the order up to whole blocks.
    /// Takes over <paramref name="matrix"/> and overwrites it.
    /// </summary>
    public static HouseholderTridiagonal Reduce(AlignedBuffer<double> matrix, int order, ForkJoin threads)
    {
        var result = new HouseholderTridiagonal(matrix, order, threads);
        using var product = new HouseholderProduct(matrix.Start, order, PanelSize, threads);
        for (int start = 0; start < order; start += PanelSize)
        {
            result.ReducePanel(start, Math.Min(PanelSize, order - start), product);
        }

        result.KeepReflectors();
        return result;
    }

    /// <summary>The distance between the vectors of a group.</summary>
    public int GroupStride(int group) => VectorOperations.PadStride(Order - (group * GroupSize));

    /// <summary>
    /// The vector v of a reflection from the first column of its group on; zero up to its own. A group has room for
    /// <see cref="GroupSize"/> of them, whatever its size.
    /// </summary>
    public double* Vector(int group, int index) => _matrix.Start + GroupStart(group) + ((nint)index * GroupStride(group));

    public void Dispose() => _matrix.Dispose();

    private nint GroupStart(int group)
    {
        nint start = 0;
        for (int before = 0; before < group; before++)
        {
            start += (nint)GroupSize * GroupStride(before);
        }

        return start;
    }

    /// <summary>Gives back the half of the matrix below the reflectors, before the tridiagonal problem needs as much.</summary>
    private void KeepReflectors()
    {
        var kept = AlignedBuffer<double>.Uninitialized(GroupStart(Groups));
        _threads.Run(Groups, group =>
        {
            int first = group * GroupSize, stride = GroupStride(group);
            double* to = kept.Start + GroupStart(group);
            for (int i = 0; i < GroupSize; i++, to += stride)
            {
                int row = first + i, zeros = Math.Min(i + 1, stride);
                new Span<double>(to, row < Order ? zeros : stride).Clear();
                if (row < Order)
                {
                    int count = VectorOperations.Pad(Order) - first - zeros;
                    new ReadOnlySpan<double>(_matrix.Start + ((nint)row * _stride) + first + zeros, Math.Max(0, count)).CopyTo(new Span<double>(to + zeros, Math.Max(0, count)));
                }
            }
        });
        _matrix.Dispose();
        _matrix = kept;
    }

    private void ReducePanel(int start, int size, HouseholderProduct product)
    {
        product.Clear();
        for (int column = start; column < start + size; column++)
        {
            double* row = _matrix.Start + ((nint)column * _stride);
            product.ApplyPending(column, row);
            Diagonal[column] = row[column];
            if (column == Order - 1)
            {
                return;
            }

            Reflect(column, row);
            product.Append(column, row, Factors[column]);
        }

        SubtractPanel(start + size, product);
    }

    /// <summary>Finds the reflection that maps the row, right of the diagonal, to a multiple of its first element.</summary>
    private void Reflect(int column, double* row)
    {
        // The matrix has been scaled to elements of at most 1: what is below this bound is nothing beside them.
        const double Negligible = 1e-280;

        // Nothing before the reflector is needed any more; cleared, the block it starts in can be used whole.
        int start = VectorOperations.BlockStart(column + 1);
        int count = VectorOperations.Pad(Order) - start;
        double first = row[column + 1];
        new Span<double>(row + start, column + 2 - start).Clear();
        double rest = VectorOperations.Dot(row + start, row + start, count);
        if (rest <= Negligible)
        {
            OffDiagonal[column] = first;
            new Span<double>(row + start, count).Clear();
            return;
        }

        double norm = Math.Sqrt((first * first) + rest);
        double image = first > 0.0 ? -norm : norm;
        VectorOperations.Scale(1.0 / (first - image), row + start, count);
        row[column + 1] = 1.0;
        OffDiagonal[column] = image;
        Factors[column] = (image - first) / image;
    }

    /// <summary>A −= Vᵀ·W + Wᵀ·V on what the panel has left.</summary>
    private void SubtractPanel(int start, HouseholderProduct product)
    {
        int left = Order - start;
        if (left == 0)
        {
            return;
        }

        double*[] swapped = new double*[2 * PanelSize];
        for (int i = 0; i < PanelSize; i++)
        {
            swapped[i] = product.Images + ((nint)i * _stride) + start;
            swapped[PanelSize + i] = product.Vectors + ((nint)i * _stride) + start;
        }

        using var panels = PackedPanels<double>.FromRows(swapped, left, _threads, negate: true);
        PackedProduct.AddToUpper(product.Vectors + start, _stride, panels, _matrix.Start + ((nint)start * _stride) + start, _stride, _threads);
    }
}
