using System.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics.Rows;

/// <summary>W, k×N: what rows are mixed by to vectors in their span; packed as the right factor Wᵀ of a product.</summary>
internal sealed unsafe class RowMixing
{
    // A vector whose part orthogonal to those before is less than this of it, or that is by as much shorter than its
    // eigenvalue says, is rounding: no direction that the rows have.
    private const double NoDirection = 1e-6;

    private const int SolvedColumns = 128;

    private readonly double[] _values;
    private readonly int _depth;

    private RowMixing(double[] values, int depth)
    {
        _values = values;
        _depth = depth;
        Count = values.Length / depth;
        Panels = AlignedBuffer<double>.Lasting((long)depth * PanelCount * PanelWidth);
        Span<double> panels = Panels.Span;
        for (int j = 0; j < Count; j++)
        {
            int target = (j / PanelWidth * depth * PanelWidth) + (j % PanelWidth);
            for (int i = 0; i < depth; i++, target += PanelWidth)
            {
                panels[target] = values[(j * depth) + i];
            }
        }
    }

    /// <summary>k.</summary>
    public int Count { get; }

    public int PanelCount => (Count + PanelWidth - 1) / PanelWidth;

    /// <summary>N × <see cref="PanelWidth"/> elements of each panel.</summary>
    public AlignedBuffer<double> Panels { get; }

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    /// <summary>W = Λ^(−1/2)·Uᵀ.</summary>
    public static RowMixing Of(EigenPairs pairs)
    {
        double[] values = [.. pairs.Vectors];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= Math.Sqrt(pairs.Values[i / pairs.Order]);
        }

        return new RowMixing(values, pairs.Order);
    }

    /// <summary>L⁻¹W with LLᵀ = VVᵀ, of the vectors before the first that is no direction of its own.</summary>
    public RowMixing Orthonormalized(UpperMatrix products, int threads)
    {
        double[] factor = Cholesky(products, out int count);
        double[] solved = new double[count * _depth];
        ForkJoin.Run((_depth + SolvedColumns - 1) / SolvedColumns, threads, part =>
            Solve(factor, count, part * SolvedColumns, Math.Min(SolvedColumns, _depth - (part * SolvedColumns)), solved));
        return new RowMixing(solved, _depth);
    }

    private static double[] Cholesky(UpperMatrix products, out int count)
    {
        int order = products.Order;
        double[] factor = new double[(long)order * order];
        for (count = 0; count < order; count++)
        {
            Span<double> row = factor.AsSpan(count * order, order);
            for (int i = 0; i < count; i++)
            {
                double product = products.Row(i)[count - i];
                row[i] = (product - DotProduct.Of(row, factor.AsSpan(i * order, i))) / factor[(i * order) + i];
            }

            double square = products.Row(count)[0];
            double pivot = square - DotProduct.Of(row, row[..count]);
            if (!(square > NoDirection && pivot > NoDirection * square))
            {
                break;
            }

            row[count] = Math.Sqrt(pivot);
        }

        // The first vector is that of the largest eigenvalue, which no rounding can reach.
        count = Math.Max(1, count);
        return factor;
    }

    private void Solve(double[] factor, int count, int firstColumn, int columns, double[] solved)
    {
        int order = Count;
        for (int j = 0; j < count; j++)
        {
            Span<double> row = solved.AsSpan((j * _depth) + firstColumn, columns);
            _values.AsSpan((j * _depth) + firstColumn, columns).CopyTo(row);
            for (int i = 0; i < j; i++)
            {
                AddScaled(row, -factor[(j * order) + i], solved.AsSpan((i * _depth) + firstColumn, columns));
            }

            double reciprocal = 1 / factor[(j * order) + j];
            foreach (ref double value in row)
            {
                value *= reciprocal;
            }
        }
    }

    private static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> terms)
    {
        int i = 0;
        for (; i + Vector<double>.Count <= target.Length; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) + (factor * new Vector<double>(terms[i..]))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += factor * terms[i];
        }
    }
}
