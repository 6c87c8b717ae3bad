namespace Dime.MLNet.Modelling;

/// <summary>Checks of the weights with which rows enter sums.</summary>
internal static class Weights
{
    /// <exception cref="ArgumentException">There are not as many as rows, or one is negative or not finite.</exception>
    public static void Check(ReadOnlySpan<float> weights, int rowCount, string parameterName)
    {
        if (weights.Length != rowCount)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {rowCount} rows.", parameterName);
        }

        for (int i = 0; i < rowCount; i++)
        {
            if (!float.IsFinite(weights[i]) || weights[i] < 0)
            {
                throw new ArgumentException($"Weight {i} is {weights[i]}; weights must be finite and not negative.", parameterName);
            }
        }
    }
}
