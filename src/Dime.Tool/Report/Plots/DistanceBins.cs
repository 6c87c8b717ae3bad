namespace Dime.Tool.Report.Plots;

/// <summary>
/// Bins that all sets share. They cover all but the most extreme rows, in equal steps of the distance, or of its logarithm
/// where sets lie so far apart that the near ones would fall into one bin.
/// </summary>
/// <param name="Edges">The edges, ascending: one more than there are bins.</param>
/// <param name="IsLogarithmic">Whether the steps are equal ratios.</param>
internal sealed record DistanceBins(double[] Edges, bool IsLogarithmic)
{
    private const double LogarithmicFrom = 12;
    private const int FewestBins = 20;
    private const int MostBins = 60;

    public int Count => Edges.Length - 1;

    /// <summary>Chooses bins for sorted distances; null where none is finite.</summary>
    /// <param name="sets">Sorted finite distances of each set or of the calibration.</param>
    /// <param name="rowCount">The rows of the smallest set: few rows make noisy bins.</param>
    public static DistanceBins? For(IReadOnlyList<ReadOnlyMemory<float>> sets, int rowCount)
    {
        List<ReadOnlyMemory<float>> filled = [.. sets.Where(set => !set.IsEmpty)];
        if (filled.Count == 0)
        {
            return null;
        }

        double low = filled.Min(set => At(set, 0.002));
        double high = filled.Max(set => At(set, 0.995));
        double margin = 0.15 * (high - low);
        low = Math.Max(low - margin, filled.Min(set => At(set, 0)));
        high = Math.Min(high + margin, filled.Max(set => At(set, 1)));
        double smallestMedian = filled.Min(set => At(set, 0.5));
        double smallestPositive = filled.Min(set => FirstPositive(set));
        int count = (int)Math.Clamp(3.5 * Math.Cbrt(rowCount), FewestBins, MostBins);
        bool isLogarithmic = smallestMedian > 0 && high > LogarithmicFrom * smallestMedian && double.IsFinite(smallestPositive);
        if (isLogarithmic)
        {
            // Six decades show enough; nearer rows are counted as left of the plot.
            low = Math.Max(Math.Max(low, smallestPositive), high * 1e-6);
        }

        if (!(high > low))
        {
            // All distances alike: one bin in the middle, and room around it.
            margin = high > 0 ? high / 10 : 1;
            (low, high) = (Math.Max(0, low - margin), high + margin);
        }

        double[] edges = [.. Enumerable.Range(0, count + 1).Select(i => isLogarithmic
            ? low * Math.Pow(high / low, i / (double)count)
            : low + ((high - low) * i / count))];

        // Rounding must not leave the farthest row outside.
        edges[^1] = high;
        return new DistanceBins(edges, isLogarithmic);
    }

    /// <summary>For each bin the share of a set's rows in it; an edge belongs to the bin above, the last one to the last bin.</summary>
    /// <param name="sorted">Ascending distances.</param>
    /// <param name="rowCount">The rows that shares are of.</param>
    public double[] Shares(ReadOnlySpan<float> sorted, int rowCount)
    {
        double[] shares = new double[Count];
        foreach (float distance in sorted)
        {
            int bin = Array.BinarySearch(Edges, distance);
            bin = bin >= 0 ? Math.Min(bin, distance == Edges[^1] ? Count - 1 : bin) : ~bin - 1;
            if (bin >= 0 && bin < Count)
            {
                shares[bin] += 1.0 / rowCount;
            }
        }

        return shares;
    }

    /// <summary>How many distances lie left and right of the bins.</summary>
    public (int Left, int Right) Outside(ReadOnlySpan<float> sorted)
    {
        int left = 0;
        while (left < sorted.Length && sorted[left] < Edges[0])
        {
            left++;
        }

        int right = 0;
        while (right < sorted.Length - left && sorted[^(right + 1)] > Edges[^1])
        {
            right++;
        }

        return (left, right);
    }

    private static double At(ReadOnlyMemory<float> sorted, double share) => sorted.Span[(int)Math.Round(share * (sorted.Length - 1))];

    private static double FirstPositive(ReadOnlyMemory<float> sorted)
    {
        foreach (float distance in sorted.Span)
        {
            if (distance > 0)
            {
                return distance;
            }
        }

        return double.PositiveInfinity;
    }
}
