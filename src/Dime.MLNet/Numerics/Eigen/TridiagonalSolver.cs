namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// The largest eigenpairs of a tridiagonal matrix by divide and conquer: solve small blocks, join neighbours.
/// Chosen over bisection with inverse iteration because clusters need no special care, and its work is in matrix products.
/// </summary>
internal static class TridiagonalSolver
{
    private const int LeafSize = 32;
    private const int SerialMergeSize = 128;

    /// <summary>Solves a matrix whose largest element is around 1 or above; pairs are accurate relative to that.</summary>
    /// <param name="diagonal">The diagonal.</param>
    /// <param name="offDiagonal">Element j couples j and j + 1; the last is not read.</param>
    /// <param name="choose">Receives all eigenvalues, descending, and says how many pairs are wanted.</param>
    /// <param name="threads">The threads.</param>
    public static TridiagonalBlock Largest(double[] diagonal, double[] offDiagonal, Func<double[], int> choose, ForkJoin threads)
    {
        int[] starts = Divide(diagonal.Length);
        double[] cut = (double[])diagonal.Clone();
        foreach (int start in starts.AsSpan(1))
        {
            double coupling = Math.Abs(offDiagonal[start - 1]);
            cut[start - 1] -= coupling;
            cut[start] -= coupling;
        }

        var blocks = new TridiagonalBlock[starts.Length];
        threads.Run(blocks.Length, i =>
        {
            int end = i + 1 < starts.Length ? starts[i + 1] : cut.Length;
            blocks[i] = ImplicitQL.Solve(cut.AsSpan(starts[i]..end), offDiagonal.AsSpan(starts[i]));
        });

        if (blocks.Length == 1)
        {
            return TakeLargest(blocks[0], choose);
        }

        while (blocks.Length > 2)
        {
            blocks = MergePairs(blocks, offDiagonal, threads);
        }

        return Merge(blocks[0], blocks[1], offDiagonal[blocks[0].Order - 1], choose, threads);
    }

    /// <summary>The first index of each of a power of two of blocks, of equal size to within one.</summary>
    private static int[] Divide(int order)
    {
        int count = 1;
        while ((order + count - 1) / count > LeafSize)
        {
            count *= 2;
        }

        int[] starts = new int[count];
        for (int i = 0; i < count; i++)
        {
            starts[i] = (int)((long)order * i / count);
        }

        return starts;
    }

    private static TridiagonalBlock[] MergePairs(TridiagonalBlock[] blocks, double[] offDiagonal, ForkJoin threads)
    {
        var merged = new TridiagonalBlock[blocks.Length / 2];
        double[] couplings = new double[merged.Length];
        int end = 0;
        for (int i = 0; i < merged.Length; i++)
        {
            couplings[i] = offDiagonal[end + blocks[2 * i].Order - 1];
            end += blocks[2 * i].Order + blocks[(2 * i) + 1].Order;
        }

        // Small joins side by side, large ones one after the other with all threads inside.
        bool small = 2 * blocks[0].Order <= SerialMergeSize;
        ForkJoin outer = small ? threads : ForkJoin.Alone;
        ForkJoin inner = small ? ForkJoin.Alone : threads;
        outer.Run(merged.Length, i =>
            merged[i] = Merge(blocks[2 * i], blocks[(2 * i) + 1], couplings[i], values => values.Length, inner));
        return merged;
    }

    private static TridiagonalBlock Merge(
        TridiagonalBlock left, TridiagonalBlock right, double coupling, Func<double[], int> choose, ForkJoin threads)
    {
        using (left)
        using (right)
        using (var merge = new RankOneMerge(left, right, coupling, threads))
        {
            return merge.Form(choose(merge.DescendingValues()));
        }
    }

    private static TridiagonalBlock TakeLargest(TridiagonalBlock block, Func<double[], int> choose)
    {
        using (block)
        {
            double[] values = [.. Enumerable.Reverse(block.Ascending).Select(row => block.Values[row])];
            return block.Take(choose(values));
        }
    }
}
