namespace Dime.MLNet.Detection.Training;

/// <summary>Some rows of a sample, whose values lie side by side here, so that they are measured or summed on all cores.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Values">Their values; to be used before the next block is asked for.</param>
internal readonly record struct SampleBlock(ReadOnlyMemory<SampledRow> Rows, ReadOnlyMemory<float> Values)
{
    private const int MostRows = 512;

    /// <param name="rows">The rows of all blocks.</param>
    /// <param name="width">How many values of each to take, from the first on.</param>
    public static IEnumerable<SampleBlock> Of(ReadOnlyMemory<SampledRow> rows, int width)
    {
        float[] values = new float[Math.Min(rows.Length, MostRows) * width];
        for (; rows.Length > 0; rows = rows[Math.Min(rows.Length, MostRows)..])
        {
            ReadOnlyMemory<SampledRow> block = rows[..Math.Min(rows.Length, MostRows)];
            for (int i = 0; i < block.Length; i++)
            {
                block.Span[i].Values.Span[..width].CopyTo(values.AsSpan(i * width));
            }

            yield return new SampleBlock(block, values.AsMemory(0, block.Length * width));
        }
    }
}
