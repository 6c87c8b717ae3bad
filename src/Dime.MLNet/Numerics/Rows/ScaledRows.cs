using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics.Rows;

/// <summary>
/// Kept rows as a fit sees them, in double precision: Z with zᵢ = √wᵢ·(fᵢ·xᵢ − c)/d, with a weight and a factor for
/// each row, and a centre and a divisor for each column.
/// </summary>
internal sealed unsafe class ScaledRows
{
    private readonly KeptRows _rows;
    private readonly double[]? _factors;
    private readonly double[]? _centre;
    private readonly double[]? _reciprocals;

    /// <param name="rows">x and w.</param>
    /// <param name="factors">f; null where all are 1.</param>
    public ScaledRows(KeptRows rows, double[]? factors)
        : this(rows, factors, null, null)
    {
    }

    private ScaledRows(KeptRows rows, double[]? factors, double[]? centre, double[]? reciprocals)
    {
        _rows = rows;
        _factors = factors;
        _centre = centre;
        _reciprocals = reciprocals;
        Roots = new double[rows.Count];
        for (int i = 0; i < Roots.Length; i++)
        {
            Roots[i] = Math.Sqrt(rows.Weight(i));
        }
    }

    /// <summary>N.</summary>
    public int Count => Roots.Length;

    /// <summary>P.</summary>
    public int Dimension => _rows.Dimension;

    public double WeightSum => _rows.WeightSum;

    /// <summary>√w.</summary>
    public double[] Roots { get; }

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    /// <summary>The same rows with other centres and divisors.</summary>
    /// <param name="centre">c.</param>
    /// <param name="reciprocals">1/d; 0 for a column to leave out.</param>
    public ScaledRows Standardized(double[] centre, double[] reciprocals) => new(_rows, _factors, centre, reciprocals);

    /// <summary>Returns Σ w·f·x: for each column one chain of additions in the order of the rows.</summary>
    public double[] Sum()
    {
        double[] sum = new double[Dimension];
        for (int i = 0; i < Count; i++)
        {
            ScaledSum.Add(sum, _rows[i], _factors?[i] ?? 1, _rows.Weight(i));
        }

        return sum;
    }

    /// <summary>Returns Σ w·(f·x − c)² for each column, summed in the order of the rows.</summary>
    public double[] SquaredDeviations(double[] centre)
    {
        double[] sum = new double[Dimension];
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<float> row = _rows[i];
            double factor = _factors?[i] ?? 1, weight = _rows.Weight(i);
            for (int c = 0; c < sum.Length; c++)
            {
                double deviation = (row[c] * factor) - centre[c];
                sum[c] += deviation * deviation * weight;
            }
        }

        return sum;
    }

    /// <summary>Writes a part of Z, a row after the other, with zeros beyond it.</summary>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="width">The elements to write of a row, a multiple of 8; those beyond the last column become 0.</param>
    /// <param name="target">Receives rows × <paramref name="stride"/> elements.</param>
    /// <param name="stride">The elements from one row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(int firstRow, int rows, int firstColumn, int width, double* target, int stride)
    {
        int columns = Math.Min(width, Dimension - firstColumn);
        for (int r = 0; r < rows; r++, target += stride)
        {
            int row = firstRow + r;
            fixed (float* source = _rows[row].Slice(firstColumn, columns))
            {
                if (_centre is null)
                {
                    Scale(source, columns, (_factors?[row] ?? 1) * Roots[row], target);
                }
                else
                {
                    Standardize(source, columns, _factors?[row] ?? 1, Roots[row], firstColumn, target);
                }
            }

            new Span<double>(target + columns, width - columns).Clear();
        }
    }

    /// <summary>Writes a panel of Zᵀ: columns × <see cref="TileKernel{T}.PanelWidth"/> elements, with zeros beyond the last row.</summary>
    /// <param name="panel">The number of the panel: its first row over the width of panels.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="target">Receives the panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ReadTransposed(int panel, int firstColumn, int columns, double* target)
    {
        // Few enough columns for the nearest cache; an odd number of cache lines, so that the rows do not share its sets.
        const int Part = 128, Stride = Part + 8;
        double* part = stackalloc double[PanelWidth * Stride];
        int firstRow = panel * PanelWidth;
        int rows = Math.Min(PanelWidth, Count - firstRow);
        new Span<double>(part, PanelWidth * Stride).Clear();
        for (int start = 0; start < columns; start += Part)
        {
            int count = Math.Min(Part, columns - start);
            Read(firstRow, rows, firstColumn + start, (count + 7) & ~7, part, Stride);
            for (int c = 0; c < count; c++, target += PanelWidth)
            {
                for (int r = 0; r < PanelWidth; r++)
                {
                    target[r] = part[(r * Stride) + c];
                }
            }
        }
    }

    private static void Scale(float* source, int count, double factor, double* target)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(source + i));
            (low * factor).Store(target + i);
            (high * factor).Store(target + i + 4);
        }

        for (; i < count; i++)
        {
            target[i] = source[i] * factor;
        }
    }

    private void Standardize(float* source, int count, double factor, double root, int firstColumn, double* target)
    {
        fixed (double* centre = &_centre![firstColumn], reciprocals = &_reciprocals![firstColumn])
        {
            int i = 0;
            for (; i + 4 <= count; i += 4)
            {
                var value = Vector256.Create((double)source[i], source[i + 1], source[i + 2], source[i + 3]);
                value = ((value * factor) - Vector256.Load(centre + i)) * Vector256.Load(reciprocals + i) * root;
                value.Store(target + i);
            }

            for (; i < count; i++)
            {
                target[i] = ((source[i] * factor) - centre[i]) * reciprocals[i] * root;
            }
        }
    }
}
