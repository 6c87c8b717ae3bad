using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics.Rows;

/// <summary>
/// Orthonormal vectors V = W·Z in the space that rows span, from the eigenpairs of their Gram matrix: W = Λ^(−1/2)·Uᵀ.
/// </summary>
/// <remarks>
/// The rounding of the Gram matrix leaves vᵢ·vⱼ off by about 2⁻⁵²·λ₁/√(λᵢλⱼ), which is much for small eigenvalues. So VVᵀ is
/// computed too, and where it is not the identity, W is replaced by L⁻¹W with LLᵀ = VVᵀ until it is.
/// V itself is formed a slab of columns at a time and kept in single precision only.
/// </remarks>
internal sealed unsafe class RowSpace
{
    private const int SlabColumns = WidenedBlock.Capacity;

    // Rows of a panel that stay in the nearest cache.
    private const int PartRows = 256;

    // Far below what single precision can tell, far above the rounding of the products.
    private const double Tolerance = 1e-9;

    // The first correction leaves at most 2⁻⁵² over the least pivot, which the second one takes away.
    private const int MaxCorrections = 3;

    private readonly ScaledRows _rows;
    private readonly double[] _vectors;
    private readonly int _threads;
    private readonly AlignedBuffer<double> _slab;
    private RowMixing _mixing;

    private RowSpace(ScaledRows rows, RowMixing mixing, double[] vectors, int threads)
    {
        _rows = rows;
        _mixing = mixing;
        _vectors = vectors;
        _threads = (long)rows.Count * rows.Dimension * mixing.Count < 1_000_000 ? 1 : threads;
        _slab = AlignedBuffer<double>.Lasting((long)SlabColumns * mixing.PanelCount * PanelWidth);
        Basis = new float[(long)rows.Dimension * mixing.Count];
        Products = [];
    }

    /// <summary>V, row-major P×k in single precision; the component of largest magnitude of each vector is positive.</summary>
    public float[] Basis { get; private set; }

    /// <summary>For each vector whether it is the opposite of what the eigenvector would give.</summary>
    public bool[] IsTurned { get; private set; } = [];

    /// <summary>Row-major C×k: the products of C given vectors with V, in double precision.</summary>
    public double[] Products { get; private set; }

    /// <summary>k: as many as there are eigenpairs, but for those whose vectors are nothing but rounding.</summary>
    public int Count => _mixing.Count;

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    /// <param name="rows">Z.</param>
    /// <param name="pairs">The eigenpairs of Z·Zᵀ, above the numerical rank of none.</param>
    /// <param name="vectors">Row-major C×P: what to multiply by V.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use, or −1 for all processors.</param>
    public static RowSpace Of(ScaledRows rows, EigenPairs pairs, double[] vectors, int maxDegreeOfParallelism = -1)
    {
        var space = new RowSpace(rows, RowMixing.Of(pairs), vectors, ForkJoin.Threads(maxDegreeOfParallelism));
        for (int corrections = 0; ; corrections++)
        {
            UpperMatrix products = space.Form();
            if (corrections == MaxCorrections || IsIdentity(products))
            {
                return space;
            }

            space._mixing = space._mixing.Orthonormalized(products, space._threads);
        }
    }

    private static bool IsIdentity(UpperMatrix products)
    {
        for (int i = 0; i < products.Order; i++)
        {
            ReadOnlySpan<double> row = products.Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                if (!(Math.Abs(row[j] - (j == 0 ? 1 : 0)) <= Tolerance))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Forms V and all that is wanted of it; returns VVᵀ.</summary>
    private UpperMatrix Form()
    {
        int count = _mixing.Count, panelSize = SlabColumns * PanelWidth;
        if (Basis.Length != (long)_rows.Dimension * count)
        {
            Basis = new float[(long)_rows.Dimension * count];
        }

        var squares = new UpperMatrix(count, _threads, TileKernels.Double);
        var products = AlignedBuffer<double>.Lasting((long)_vectors.Length / _rows.Dimension * _mixing.PanelCount * PanelWidth);
        double[] largest = new double[count];
        for (int first = 0; first < _rows.Dimension; first += SlabColumns)
        {
            int start = first, columns = Math.Min(SlabColumns, _rows.Dimension - first);
            ForkJoin.Run((columns + PanelWidth - 1) / PanelWidth, _threads, group => FormColumns(start, group));
            squares.AddProduct(_slab, _slab, panelSize, columns);
            ForkJoin.Run(_mixing.PanelCount, _threads, panel => TakePanel(panel, start, columns, products, largest));
        }

        IsTurned = Array.ConvertAll(largest, value => value < 0);
        Products = new double[_vectors.Length / _rows.Dimension * count];
        int stride = _mixing.PanelCount * PanelWidth;
        for (int i = 0; i < Products.Length; i++)
        {
            (int row, int j) = Math.DivRem(i, count);
            Products[i] = IsTurned[j] ? -products.Span[(row * stride) + j] : products.Span[(row * stride) + j];
        }

        Turn();
        return squares;
    }

    /// <summary>A panel's width of columns of V, as that many rows of each panel of the slab.</summary>
    private void FormColumns(int firstColumn, int group)
    {
        int groupSize = PanelWidth * PanelWidth;
        double* part = stackalloc double[PartRows * PanelWidth];
        fixed (double* slab = _slab, mixing = _mixing.Panels)
        {
            for (int panel = 0; panel < _mixing.PanelCount; panel++)
            {
                new Span<double>(slab + ((nint)panel * SlabColumns * PanelWidth) + (group * groupSize), groupSize).Clear();
            }

            for (int row = 0; row < _rows.Count; row += PartRows)
            {
                int rows = Math.Min(PartRows, _rows.Count - row);
                _rows.Read(row, rows, firstColumn + (group * PanelWidth), PanelWidth, part, PanelWidth);
                for (int panel = 0; panel < _mixing.PanelCount; panel++)
                {
                    TileKernels.Double.MultiplyAdd(
                        part,
                        1,
                        PanelWidth,
                        PanelWidth,
                        mixing + ((((nint)panel * _rows.Count) + row) * PanelWidth),
                        rows,
                        slab + ((nint)panel * SlabColumns * PanelWidth) + (group * groupSize),
                        PanelWidth);
                }
            }
        }
    }

    /// <summary>Takes from the slab what is wanted of a panel's width of vectors.</summary>
    private void TakePanel(int panel, int firstColumn, int columns, AlignedBuffer<double> products, double[] largest)
    {
        int first = panel * PanelWidth, width = Math.Min(PanelWidth, _mixing.Count - first);
        fixed (double* slab = _slab, product = products, vectors = _vectors)
        {
            double* values = slab + ((nint)panel * SlabColumns * PanelWidth);
            for (int c = 0; c < columns; c++)
            {
                Span<float> row = Basis.AsSpan(((firstColumn + c) * _mixing.Count) + first, width);
                for (int j = 0; j < width; j++)
                {
                    double value = values[(c * PanelWidth) + j];
                    row[j] = (float)value;
                    largest[first + j] = Math.Abs(value) > Math.Abs(largest[first + j]) ? value : largest[first + j];
                }
            }

            TileKernels.Double.MultiplyAdd(
                vectors + firstColumn,
                _rows.Dimension,
                1,
                _vectors.Length / _rows.Dimension,
                values,
                columns,
                product + first,
                _mixing.PanelCount * PanelWidth);
        }
    }

    private void Turn()
    {
        int[] turned = [.. Enumerable.Range(0, IsTurned.Length).Where(j => IsTurned[j])];
        for (int row = 0; row < Basis.Length && turned.Length > 0; row += IsTurned.Length)
        {
            foreach (int j in turned)
            {
                Basis[row + j] = -Basis[row + j];
            }
        }
    }
}
