namespace Dime.MLNet.Tests.Onnx.Features;

internal static class FeatureAssert
{
    /// <summary>Compares vectors relative to their largest value: small ones are differences of large ones.</summary>
    public static void Close(float[] expected, float[] actual, double relative)
    {
        Assert.HasCount(expected.Length, actual);
        double tolerance = relative * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance, $"value {i}");
        }
    }
}
