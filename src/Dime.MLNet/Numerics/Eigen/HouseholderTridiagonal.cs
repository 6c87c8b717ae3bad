namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Reduces a symmetric matrix to the tridiagonal T = Qᵀ·A·Q by Householder reflections, in panels: within a panel
/// the trailing matrix is only read (one product with a vector per column), and is then updated as a whole.
/// </summary>
internal sealed unsafe class HouseholderTridiagonal : IDisposable
{
    // A multiple of a block, so that every panel starts on a block.
    private const int PanelSize = 32;

    private readonly AlignedBuffer _matrix;
    private readonly ForkJoin _threads;

    private HouseholderTridiagonal(AlignedBuffer matrix, int order, ForkJoin threads)
    {
        _matrix = matrix;
        _threads = threads;
        Order = order;
        Stride = VectorOperations.PadStride(order);
        Diagonal = new double[order];
        OffDiagonal = new double[order];
        Factors = new double[order];
    }

    public int Order { get; }

    /// <summary>The distance between rows of <see cref="Reflectors"/>.</summary>
    public int Stride { get; }

    public double[] Diagonal { get; }

    /// <summary>Element j couples j and j + 1; the last is zero.</summary>
    public double[] OffDiagonal { get; }

    /// <summary>τ of each reflection I − τ·v·vᵀ; zero where there is nothing to reflect.</summary>
    public double[] Factors { get; }

    /// <summary>Row j holds the vector v of reflection j from column j + 1 on; what stands before is arbitrary.</summary>
    public double* Reflectors => _matrix.Start;

    /// <summary>Room for a matrix of the given order: rows of <see cref="Stride"/>, whole blocks of rows and of columns.</summary>
    public static AlignedBuffer Allocate(int order) => AlignedBuffer.Uninitialized((long)VectorOperations.Pad(order) * VectorOperations.PadStride(order));

    /// <summary>
    /// Reduces a matrix of which at least the upper triangle and the blocks around the diagonal are filled in,
    /// with zeros beyond the order up to whole blocks.
    /// Takes over <paramref name="matrix"/> and overwrites it.
    /// </summary>
    public static HouseholderTridiagonal Reduce(AlignedBuffer matrix, int order, ForkJoin threads)
    {
        var result = new HouseholderTridiagonal(matrix, order, threads);
        using var product = new HouseholderProduct(matrix.Start, order, PanelSize, threads);
        for (int start = 0; start < order; start += PanelSize)
        {
            result.ReducePanel(start, Math.Min(PanelSize, order - start), product);
        }

        return result;
    }

    public void Dispose() => _matrix.Dispose();

    private void ReducePanel(int start, int size, HouseholderProduct product)
    {
        product.Clear();
        for (int column = start; column < start + size; column++)
        {
            double* row = Reflectors + ((nint)column * Stride);
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
            swapped[i] = product.Images + ((nint)i * Stride) + start;
            swapped[PanelSize + i] = product.Vectors + ((nint)i * Stride) + start;
        }

        using var panels = PackedPanels.FromRows(swapped, left, _threads);
        PackedProduct.SubtractFromUpper(product.Vectors + start, Stride, panels, Reflectors + ((nint)start * Stride) + start, Stride, _threads);
    }
}
