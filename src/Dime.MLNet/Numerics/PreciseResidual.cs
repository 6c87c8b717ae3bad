using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dime.MLNet.Numerics;

/// <summary>The distance of a row to the span of a basis with every operation in double precision.</summary>
internal static class PreciseResidual
{
    private const int MaxScoresOnStack = 1024;

    private const int Lanes = 4;

    /// <summary>Returns ‖x − V·Vᵀx‖², where V is <paramref name="basis"/>.</summary>
    public static double SumOfSquares(PackedMatrix basis, ReadOnlySpan<float> row)
    {
        if (row.Length != basis.Depth)
        {
            throw new ArgumentException($"A row has {basis.Depth} elements, not {row.Length}.", nameof(row));
        }

        int length = basis.PanelCount * PackedMatrix.PanelWidth;
        double[]? rented = length > MaxScoresOnStack ? ArrayPool<double>.Shared.Rent(length) : null;
        Span<double> scores = rented is null ? stackalloc double[length] : rented.AsSpan(0, length);
        scores.Clear();
        double sum = SumOfSquares(basis, row, scores);
        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(PackedMatrix basis, ReadOnlySpan<float> row, Span<double> scores)
    {
        for (int d = 0; d < row.Length; d++)
        {
            for (int panel = 0; panel < basis.PanelCount; panel++)
            {
                AddScaled(row[d], basis.PanelRow(panel, d), PanelScores(scores, panel));
            }
        }

        double sum = 0;
        for (int d = 0; d < row.Length; d++)
        {
            Vector256<double> point = default;
            for (int panel = 0; panel < basis.PanelCount; panel++)
            {
                point += Products(PanelScores(scores, panel), basis.PanelRow(panel, d));
            }

            double residual = row[d] - Vector256.Sum(point);
            sum += residual * residual;
        }

        return sum;
    }

    private static Span<double> PanelScores(Span<double> scores, int panel) =>
        scores.Slice(panel * PackedMatrix.PanelWidth, PackedMatrix.PanelWidth);

    private static void AddScaled(double factor, ReadOnlySpan<float> basis, Span<double> scores)
    {
        ref float source = ref MemoryMarshal.GetReference(basis);
        ref double target = ref MemoryMarshal.GetReference(scores);
        for (nuint i = 0; i < (nuint)PackedMatrix.PanelWidth; i += 2 * Lanes)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, i));
            (Vector256.LoadUnsafe(ref target, i) + (low * factor)).StoreUnsafe(ref target, i);
            (Vector256.LoadUnsafe(ref target, i + Lanes) + (high * factor)).StoreUnsafe(ref target, i + Lanes);
        }
    }

    private static Vector256<double> Products(ReadOnlySpan<double> scores, ReadOnlySpan<float> basis)
    {
        ref double score = ref MemoryMarshal.GetReference(scores);
        ref float source = ref MemoryMarshal.GetReference(basis);
        Vector256<double> sum = default;
        for (nuint i = 0; i < (nuint)PackedMatrix.PanelWidth; i += 2 * Lanes)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, i));
            sum += (Vector256.LoadUnsafe(ref score, i) * low) + (Vector256.LoadUnsafe(ref score, i + Lanes) * high);
        }

        return sum;
    }
}
