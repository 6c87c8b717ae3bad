using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Simd;

/// <summary>The tile kernel in vectors of one width: 8, 4 or 1 rows by two vectors, held in registers along the depth.</summary>
internal sealed unsafe class VectorTileKernel<T, TVector, TSimd, TChain> : TileKernel<T>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : struct, ISimd<T, TVector>
    where TChain : struct, ISummation
{
    private static int Lanes => sizeof(TVector) / sizeof(T);

    public override void MultiplyAdd(
        T* left, nint rowStride, nint depthStride, int rows, T* panel, int depth, T* target, nint targetStride)
    {
        for (int column = 0; column < PanelWidth; column += 2 * Lanes)
        {
            MultiplyAddColumns(
                left, rowStride, depthStride, rows, panel + column, depth, target + column, targetStride);
        }
    }

    private static void MultiplyAddColumns(
        T* left, nint rowStride, nint depthStride, int rows, T* panel, int depth, T* target, nint targetStride)
    {
        int row = 0;
        if (TSimd.TileRows == 8)
        {
            for (; row + 8 <= rows; row += 8)
            {
                EightRows(
                    left + (row * rowStride), rowStride, depthStride, panel, depth, target + (row * targetStride), targetStride);
            }
        }

        for (; row + 4 <= rows; row += 4)
        {
            FourRows(
                left + (row * rowStride), rowStride, depthStride, panel, depth, target + (row * targetStride), targetStride);
        }

        for (; row < rows; row++)
        {
            OneRow(left + (row * rowStride), depthStride, panel, depth, target + (row * targetStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightRows(
        T* left, nint rowStride, nint depthStride, T* panel, int depth, T* target, nint targetStride)
    {
        T* left1 = left + rowStride;
        T* left2 = left + (2 * rowStride);
        T* left3 = left + (3 * rowStride);
        T* left4 = left + (4 * rowStride);
        T* left5 = left + (5 * rowStride);
        T* left6 = left + (6 * rowStride);
        T* left7 = left + (7 * rowStride);
        T* target1 = target + targetStride;
        T* target2 = target + (2 * targetStride);
        T* target3 = target + (3 * targetStride);
        T* target4 = target + (4 * targetStride);
        T* target5 = target + (5 * targetStride);
        T* target6 = target + (6 * targetStride);
        T* target7 = target + (7 * targetStride);
        TVector sum00 = Begin(target), sum01 = Begin(target + Lanes);
        TVector sum10 = Begin(target1), sum11 = Begin(target1 + Lanes);
        TVector sum20 = Begin(target2), sum21 = Begin(target2 + Lanes);
        TVector sum30 = Begin(target3), sum31 = Begin(target3 + Lanes);
        TVector sum40 = Begin(target4), sum41 = Begin(target4 + Lanes);
        TVector sum50 = Begin(target5), sum51 = Begin(target5 + Lanes);
        TVector sum60 = Begin(target6), sum61 = Begin(target6 + Lanes);
        TVector sum70 = Begin(target7), sum71 = Begin(target7 + Lanes);

        T* end = panel + (depth * PanelWidth);
        for (nint d = 0; panel < end; panel += PanelWidth, d += depthStride)
        {
            TVector column0 = TSimd.Load(panel), column1 = TSimd.Load(panel + Lanes);
            TVector row = TSimd.Broadcast(left + d);
            sum00 = TSimd.MultiplyAdd(row, column0, sum00);
            sum01 = TSimd.MultiplyAdd(row, column1, sum01);
            row = TSimd.Broadcast(left1 + d);
            sum10 = TSimd.MultiplyAdd(row, column0, sum10);
            sum11 = TSimd.MultiplyAdd(row, column1, sum11);
            row = TSimd.Broadcast(left2 + d);
            sum20 = TSimd.MultiplyAdd(row, column0, sum20);
            sum21 = TSimd.MultiplyAdd(row, column1, sum21);
            row = TSimd.Broadcast(left3 + d);
            sum30 = TSimd.MultiplyAdd(row, column0, sum30);
            sum31 = TSimd.MultiplyAdd(row, column1, sum31);
            row = TSimd.Broadcast(left4 + d);
            sum40 = TSimd.MultiplyAdd(row, column0, sum40);
            sum41 = TSimd.MultiplyAdd(row, column1, sum41);
            row = TSimd.Broadcast(left5 + d);
            sum50 = TSimd.MultiplyAdd(row, column0, sum50);
            sum51 = TSimd.MultiplyAdd(row, column1, sum51);
            row = TSimd.Broadcast(left6 + d);
            sum60 = TSimd.MultiplyAdd(row, column0, sum60);
            sum61 = TSimd.MultiplyAdd(row, column1, sum61);
            row = TSimd.Broadcast(left7 + d);
            sum70 = TSimd.MultiplyAdd(row, column0, sum70);
            sum71 = TSimd.MultiplyAdd(row, column1, sum71);
        }

        End(sum00, target);
        End(sum01, target + Lanes);
        End(sum10, target1);
        End(sum11, target1 + Lanes);
        End(sum20, target2);
        End(sum21, target2 + Lanes);
        End(sum30, target3);
        End(sum31, target3 + Lanes);
        End(sum40, target4);
        End(sum41, target4 + Lanes);
        End(sum50, target5);
        End(sum51, target5 + Lanes);
        End(sum60, target6);
        End(sum61, target6 + Lanes);
        End(sum70, target7);
        End(sum71, target7 + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(
        T* left, nint rowStride, nint depthStride, T* panel, int depth, T* target, nint targetStride)
    {
        T* left1 = left + rowStride;
        T* left2 = left + (2 * rowStride);
        T* left3 = left + (3 * rowStride);
        T* target1 = target + targetStride;
        T* target2 = target + (2 * targetStride);
        T* target3 = target + (3 * targetStride);
        TVector sum00 = Begin(target), sum01 = Begin(target + Lanes);
        TVector sum10 = Begin(target1), sum11 = Begin(target1 + Lanes);
        TVector sum20 = Begin(target2), sum21 = Begin(target2 + Lanes);
        TVector sum30 = Begin(target3), sum31 = Begin(target3 + Lanes);

        T* end = panel + (depth * PanelWidth);
        for (nint d = 0; panel < end; panel += PanelWidth, d += depthStride)
        {
            TVector column0 = TSimd.Load(panel), column1 = TSimd.Load(panel + Lanes);
            TVector row = TSimd.Broadcast(left + d);
            sum00 = TSimd.MultiplyAdd(row, column0, sum00);
            sum01 = TSimd.MultiplyAdd(row, column1, sum01);
            row = TSimd.Broadcast(left1 + d);
            sum10 = TSimd.MultiplyAdd(row, column0, sum10);
            sum11 = TSimd.MultiplyAdd(row, column1, sum11);
            row = TSimd.Broadcast(left2 + d);
            sum20 = TSimd.MultiplyAdd(row, column0, sum20);
            sum21 = TSimd.MultiplyAdd(row, column1, sum21);
            row = TSimd.Broadcast(left3 + d);
            sum30 = TSimd.MultiplyAdd(row, column0, sum30);
            sum31 = TSimd.MultiplyAdd(row, column1, sum31);
        }

        End(sum00, target);
        End(sum01, target + Lanes);
        End(sum10, target1);
        End(sum11, target1 + Lanes);
        End(sum20, target2);
        End(sum21, target2 + Lanes);
        End(sum30, target3);
        End(sum31, target3 + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(T* left, nint depthStride, T* panel, int depth, T* target)
    {
        TVector sum00 = Begin(target), sum01 = Begin(target + Lanes);

        T* end = panel + (depth * PanelWidth);
        for (nint d = 0; panel < end; panel += PanelWidth, d += depthStride)
        {
            TVector column0 = TSimd.Load(panel), column1 = TSimd.Load(panel + Lanes);
            TVector row = TSimd.Broadcast(left + d);
            sum00 = TSimd.MultiplyAdd(row, column0, sum00);
            sum01 = TSimd.MultiplyAdd(row, column1, sum01);
        }

        End(sum00, target);
        End(sum01, target + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Begin(T* target) => TChain.Continues ? TSimd.Load(target) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(TVector sum, T* target) =>
        TSimd.Store(TChain.Continues ? sum : TSimd.Add(TSimd.Load(target), sum), target);
}
