using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dime.MLNet.Numerics;

/// <summary>The distance of a row to the span of a basis with every operation in double precision.</summary>
internal static unsafe class PreciseResidual
{
    private const int MaxLengthOnStack = 1024;

    private const int Lanes = 8;

    /// <summary>Returns ‖x − V·Vᵀx‖², where V is <paramref name="basis"/>.</summary>
    public static double SumOfSquares(PackedMatrix basis, ReadOnlySpan<float> row)
    {
        if (row.Length != basis.Depth)
        {
            throw new ArgumentException($"A row has {basis.Depth} elements, not {row.Length}.", nameof(row));
        }

        double[]? rented = row.Length > MaxLengthOnStack ? ArrayPool<double>.Shared.Rent(row.Length) : null;
        Span<double> residuals = rented is null ? stackalloc double[row.Length] : rented.AsSpan(0, row.Length);
        for (int d = 0; d < row.Length; d++)
        {
            residuals[d] = row[d];
        }

        double* scores = stackalloc double[PackedMatrix.PanelWidth];
        fixed (float* x = row)
        fixed (double* residual = residuals)
        {
            for (int panel = 0; panel < basis.PanelCount; panel++)
            {
                fixed (float* columns = basis.Panel(panel))
                {
                    Project(x, columns, row.Length, scores);
                    Subtract(scores, columns, row.Length, residual);
                }
            }
        }

        double sum = 0;
        foreach (double residual in residuals)
        {
            sum += residual * residual;
        }

        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Project(float* row, float* columns, int length, double* scores)
    {
        for (int i = 0; i < PackedMatrix.PanelWidth; i += 2 * Lanes)
        {
            Vector512<double> sum0 = default, sum1 = default;
            float* column = columns + i;
            for (int d = 0; d < length; d++, column += PackedMatrix.PanelWidth)
            {
                var x = Vector512.Create((double)row[d]);
                (Vector512<double> column0, Vector512<double> column1) = Vector512.Widen(Vector512.Load(column));
                sum0 += x * column0;
                sum1 += x * column1;
            }

            sum0.Store(scores + i);
            sum1.Store(scores + i + Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(double* scores, float* columns, int length, double* residuals)
    {
        Vector512<double> score0 = Vector512.Load(scores), score1 = Vector512.Load(scores + Lanes);
        Vector512<double> score2 = Vector512.Load(scores + (2 * Lanes)), score3 = Vector512.Load(scores + (3 * Lanes));
        for (int d = 0; d < length; d++, columns += PackedMatrix.PanelWidth)
        {
            (Vector512<double> column0, Vector512<double> column1) = Vector512.Widen(Vector512.Load(columns));
            (Vector512<double> column2, Vector512<double> column3) = Vector512.Widen(Vector512.Load(columns + (2 * Lanes)));
            residuals[d] -= Vector512.Sum(
                ((score0 * column0) + (score1 * column1)) + ((score2 * column2) + (score3 * column3)));
        }
    }
}
