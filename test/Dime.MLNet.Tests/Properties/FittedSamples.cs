using CsCheck;

namespace Dime.MLNet.Tests.Properties;

/// <summary>Samples of which some cannot be fitted: such as are no more than a part say nothing of a property.</summary>
internal static class FittedSamples
{
    /// <summary>Tries samples, and checks that enough of them could be fitted; three of four are.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="tryFitted">Tries one; false where it cannot be fitted.</param>
    /// <param name="iter">How many.</param>
    public static void SampleFitted<T>(this Gen<T> samples, Func<T, bool> tryFitted, int iter)
    {
        int fitted = 0;
        samples.Sample(sample => { Interlocked.Add(ref fitted, tryFitted(sample) ? 1 : 0); }, iter: iter);
        Assert.IsGreaterThan(iter / 5, fitted, $"{fitted} of {iter} could be fitted.");
    }
}
