namespace Dime.MLNet.Detection.Training;

/// <summary>The rows of a sample lie apart; side by side, a block of them is measured or summed on all cores.</summary>
internal static class SampleBlock
{
    public const int MostRows = 512;

    /// <param name="rows">At most <see cref="MostRows"/>.</param>
    /// <param name="width">How many values of each to take, from the first on.</param>
    public static float[] Of(SampledRow[] rows, int width)
    {
        float[] block = new float[rows.Length * width];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Values.AsSpan(0, width).CopyTo(block.AsSpan(i * width));
        }

        return block;
    }
}
