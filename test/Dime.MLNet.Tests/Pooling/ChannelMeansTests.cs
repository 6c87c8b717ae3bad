using Dime.MLNet.Pooling;

namespace Dime.MLNet.Tests.Pooling;

/// <summary>The order in which a channel is summed, which decides the bits of its mean.</summary>
[TestClass]
public sealed class ChannelMeansTests
{
    private const float Huge = 1L << 60;

    [TestMethod]
    [DataRow(new[] { Huge, 1, -Huge, 1, 0, 0, 0, 0 }, 0f, DisplayName = "neighbours first: each 1 is lost")]
    [DataRow(new[] { Huge, -Huge, 1, 1, 0, 0, 0, 0 }, 2f, DisplayName = "neighbours first: no 1 is lost")]
    [DataRow(new[] { Huge, 0, 0, 1, -Huge, 0, 0, 1 }, 2f, DisplayName = "fours before neighbours")]
    [DataRow(new[] { Huge, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -Huge, 0, 0, 0 }, 0f, DisplayName = "eights before fours")]
    public void Values_are_added_by_eights_then_fours_then_neighbours(float[] channel, float sum)
    {
        float[] mean = new float[1];

        ChannelMeans.Compute(channel, mean);

        Assert.AreEqual(sum / channel.Length, mean[0]);
    }

    [TestMethod]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(49)]
    [DataRow(196)]
    public void Order_is_the_same_for_any_length(int positions)
    {
        const int Channels = 50;
        var random = new Random(positions);

        // Of many magnitudes and both signs, so that the order shows in single precision too.
        float[] maps = [.. Enumerable.Range(0, Channels * positions).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(0, 60))))];
        float[] means = new float[Channels];

        ChannelMeans.Compute(maps, means);

        for (int channel = 0; channel < Channels; channel++)
        {
            Assert.AreEqual((float)(Sum(maps.AsSpan(channel * positions, positions)) / positions), means[channel], $"channel {channel}");
        }
    }

    /// <summary>The documented order without a vector.</summary>
    private static double Sum(ReadOnlySpan<float> values)
    {
        int whole = values.Length / 8 * 8;
        double[] eights = new double[8];
        for (int i = 0; i < whole; i++)
        {
            eights[i % 8] += values[i];
        }

        double rest = 0;
        foreach (float value in values[whole..])
        {
            rest += value;
        }

        return rest + ((eights[0] + eights[4] + (eights[1] + eights[5])) + (eights[2] + eights[6] + (eights[3] + eights[7])));
    }
}
