using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics;

/// <summary>The tile kernel in vectors of one width: 8, 4 or 1 rows by two vectors, held in registers along the depth.</summary>
internal sealed unsafe class VectorTileKernel<T, TVector, TSimd> : TileKernel<T>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : struct, ISimd<T, TVector>
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
        TVector sum00 = TSimd.Load(target), sum01 = TSimd.Load(target + Lanes);
        TVector sum10 = TSimd.Load(target1), sum11 = TSimd.Load(target1 + Lanes);
        TVector sum20 = TSimd.Load(target2), sum21 = TSimd.Load(target2 + Lanes);
        TVector sum30 = TSimd.Load(target3), sum31 = TSimd.Load(target3 + Lanes);
        TVector sum40 = TSimd.Load(target4), sum41 = TSimd.Load(target4 + Lanes);
        TVector sum50 = TSimd.Load(target5), sum51 = TSimd.Load(target5 + Lanes);
        TVector sum60 = TSimd.Load(target6), sum61 = TSimd.Load(target6 + Lanes);
        TVector sum70 = TSimd.Load(target7), sum71 = TSimd.Load(target7 + Lanes);

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

        TSimd.Store(sum00, target);
        TSimd.Store(sum01, target + Lanes);
        TSimd.Store(sum10, target1);
        TSimd.Store(sum11, target1 + Lanes);
        TSimd.Store(sum20, target2);
        TSimd.Store(sum21, target2 + Lanes);
        TSimd.Store(sum30, target3);
        TSimd.Store(sum31, target3 + Lanes);
        TSimd.Store(sum40, target4);
        TSimd.Store(sum41, target4 + Lanes);
        TSimd.Store(sum50, target5);
        TSimd.Store(sum51, target5 + Lanes);
        TSimd.Store(sum60, target6);
        TSimd.Store(sum61, target6 + Lanes);
        TSimd.Store(sum70, target7);
        TSimd.Store(sum71, target7 + Lanes);
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
        TVector sum00 = TSimd.Load(target), sum01 = TSimd.Load(target + Lanes);
        TVector sum10 = TSimd.Load(target1), sum11 = TSimd.Load(target1 + Lanes);
        TVector sum20 = TSimd.Load(target2), sum21 = TSimd.Load(target2 + Lanes);
        TVector sum30 = TSimd.Load(target3), sum31 = TSimd.Load(target3 + Lanes);

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

        TSimd.Store(sum00, target);
        TSimd.Store(sum01, target + Lanes);
        TSimd.Store(sum10, target1);
        TSimd.Store(sum11, target1 + Lanes);
        TSimd.Store(sum20, target2);
        TSimd.Store(sum21, target2 + Lanes);
        TSimd.Store(sum30, target3);
        TSimd.Store(sum31, target3 + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(T* left, nint depthStride, T* panel, int depth, T* target)
    {
        TVector sum00 = TSimd.Load(target), sum01 = TSimd.Load(target + Lanes);

        T* end = panel + (depth * PanelWidth);
        for (nint d = 0; panel < end; panel += PanelWidth, d += depthStride)
        {
            TVector column0 = TSimd.Load(panel), column1 = TSimd.Load(panel + Lanes);
            TVector row = TSimd.Broadcast(left + d);
            sum00 = TSimd.MultiplyAdd(row, column0, sum00);
            sum01 = TSimd.MultiplyAdd(row, column1, sum01);
        }

        TSimd.Store(sum00, target);
        TSimd.Store(sum01, target + Lanes);
    }
}
