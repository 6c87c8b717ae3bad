namespace Dime.Tool.Report.Figures;

/// <summary>The flag's limit on the probability as a limit on the distance.</summary>
internal static class DistanceLimit
{
    /// <summary>The smallest distance that is flagged; null where there are no percentiles, as the model is not calibrated.</summary>
    public static float? Of(ReadOnlySpan<float> percentiles, double outlierProbability)
    {
        if (percentiles.IsEmpty)
        {
            return null;
        }

        // A distance with i percentiles at or below it has the probability i / (n − 1), compared in single precision.
        int below = 1;
        while (below < percentiles.Length - 1 && (float)(below / (percentiles.Length - 1.0)) < (float)outlierProbability)
        {
            below++;
        }

        return percentiles[below - 1];
    }
}
