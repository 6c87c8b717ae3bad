namespace Dime.Tool.Report.Figures;

/// <summary>
/// Whether the probabilities of in-distribution rows are what they claim to be: uniform. The cumulative share of rows is
/// compared with each probability, and may differ by the Dvoretzky–Kiefer–Wolfowitz bound.
/// </summary>
/// <param name="LargestDifference">The largest difference between the share of rows with a probability as small or smaller, and that probability.</param>
/// <param name="Band">What chance allows it to be in 95 of 100 sets of as many rows.</param>
internal sealed record CalibrationCheck(double LargestDifference, double Band)
{
    public bool Holds => LargestDifference <= Band;

    /// <param name="probabilities">The probabilities of in-distribution rows.</param>
    /// <param name="percentileCount">How many percentiles calibration kept: probabilities are multiples of 1 / (count − 1).</param>
    public static CalibrationCheck Of(float[] probabilities, int percentileCount)
    {
        double[] shares = CumulativeShares(probabilities, percentileCount - 1);
        double largest = shares.Select((share, i) => Math.Abs(share - (i / (shares.Length - 1.0)))).Max();
        return new CalibrationCheck(largest, Math.Sqrt(Math.Log(2 / 0.05) / (2 * probabilities.Length)));
    }

    /// <summary>The shares of rows with a probability of at most 0, 1 / steps, 2 / steps, …, 1.</summary>
    public static double[] CumulativeShares(float[] probabilities, int steps)
    {
        double[] shares = new double[steps + 1];
        foreach (float probability in probabilities)
        {
            // Half a unit of single precision must not push a probability to the next step.
            int step = (int)Math.Ceiling(((double)probability * steps) - (1e-6 * steps));
            shares[Math.Clamp(step, 0, steps)]++;
        }

        double rows = 0;
        for (int i = 0; i <= steps; i++)
        {
            rows += shares[i];
            shares[i] = rows / probabilities.Length;
        }

        return shares;
    }
}
