namespace Dime.MLNet.Evidence.Data;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    // Box and Muller; 1 − u is never 0.
    public static double Draw(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
