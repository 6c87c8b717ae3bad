using Dime.MLNet.Evidence.Data;

namespace Dime.MLNet.Evidence.Tests;

/// <summary>What the faults make of pixels.</summary>
[TestClass]
public sealed class FaultTests
{
    // Two rows of two pixels.
    private static readonly byte[] _pixels = [10, 20, 30, 255, 40, 50, 60, 255, 70, 80, 90, 255, 100, 110, 250, 128];

    [TestMethod]
    [DataRow("black", new byte[] { 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128 })]
    [DataRow("white", new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 128 })]
    [DataRow("BGR swapped", new byte[] { 30, 20, 10, 255, 60, 50, 40, 255, 90, 80, 70, 255, 250, 110, 100, 128 })]
    [DataRow("inverted", new byte[] { 245, 235, 225, 255, 215, 205, 195, 255, 185, 175, 165, 255, 155, 145, 5, 128 })]
    [DataRow("half grey", new byte[] { 10, 20, 30, 255, 40, 50, 60, 255, 128, 128, 128, 255, 128, 128, 128, 128 })]
    [DataRow("dark", new byte[] { 2, 5, 8, 255, 10, 12, 15, 255, 18, 20, 22, 255, 25, 28, 62, 128 })]
    public void Fault_is_as_described(string name, byte[] expected)
    {
        var image = new PixelGrid([.. _pixels], 2, 2);
        Fault.All.Single(fault => fault.Name == name).Apply(image, new Random(1));

        CollectionAssert.AreEqual(expected, image.Values);
    }

    [TestMethod]
    public void Noise_has_the_deviation_it_is_said_to_have()
    {
        var image = new PixelGrid([.. Enumerable.Repeat(new byte[] { 128, 128, 128, 255 }, 10_000).SelectMany(pixel => pixel)], 100, 100);
        Fault.All.Single(fault => fault.Name == "noise").Apply(image, new Random(1));

        double[] colors = [.. image.Values.Where((_, i) => i % 4 != 3).Select(color => color - 128.0)];

        // 30 000 of them: the mean is within 1 and the deviation within 2 %, but for the 1.3 % that are cut off.
        Assert.AreEqual(0, colors.Average(), 1);
        Assert.AreEqual(51, Math.Sqrt(colors.Average(color => color * color)), 1.5);
    }

    [TestMethod]
    public void Blur_is_a_weighted_mean_over_both_directions()
    {
        const int Size = 32;
        const int Middle = 16;
        byte[] pixels = new byte[Size * Size * 4];
        for (int y = Middle - 1; y <= Middle + 1; y++)
        {
            for (int x = Middle - 1; x <= Middle + 1; x++)
            {
                pixels[((y * Size) + x) * 4] = 255;
            }
        }

        var image = new PixelGrid(pixels, Size, Size);
        image.Blur(2);

        double[] weights = [.. Enumerable.Range(-6, 13).Select(i => Math.Exp(-i * i / 8.0))];
        for (int y = 8; y <= 24; y++)
        {
            for (int x = 8; x <= 24; x++)
            {
                Assert.AreEqual(255 * Share(x) * Share(y), image.Values[((y * Size) + x) * 4], 0.5001, $"{x}, {y}");
            }
        }

        double Share(int at) => Enumerable.Range(Middle - 1, 3).Sum(other => Math.Abs(other - at) > 6 ? 0 : weights[other - at + 6]) / weights.Sum();
    }

    [TestMethod]
    public void Blur_leaves_an_even_image_as_it_is()
    {
        byte[] pixels = [.. Enumerable.Repeat(new byte[] { 12, 130, 255, 90 }, 35).SelectMany(pixel => pixel)];
        var image = new PixelGrid([.. pixels], 5, 7);
        image.Blur(1.5);

        CollectionAssert.AreEqual(pixels, image.Values);
    }
}
