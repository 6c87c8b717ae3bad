namespace Dime.MLNet.Numerics;

/// <summary>Works through row-major spans in blocks of rows, on all cores where the work is worth it.</summary>
internal static class RowBlocks
{
    // Fewer multiply-adds than this take less time than waking other threads.
    private const long WorthThreads = 1 << 21;

    public delegate void Body(ReadOnlySpan<float> rows, Span<float> first, Span<float> second);

    /// <summary>Calls <paramref name="body"/> for each block with the parts of the spans that belong to it.</summary>
    /// <param name="rows">Row-major N×<paramref name="width"/> input.</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="first">N×anything output, or empty.</param>
    /// <param name="second">N×anything output, or empty.</param>
    /// <param name="blockRows">The number of rows of a block; the last one may have less.</param>
    /// <param name="workPerValue">Multiply-adds for each value of a row.</param>
    /// <param name="body">What to do; on several threads at once.</param>
    public static unsafe void ForEach(
        ReadOnlySpan<float> rows, int width, Span<float> first, Span<float> second, int blockRows, int workPerValue, Body body)
    {
        int count = rows.Length / width;
        if (count == 0)
        {
            return;
        }

        int firstWidth = first.Length / count;
        int secondWidth = second.Length / count;
        int blocks = (count + blockRows - 1) / blockRows;
        if (blocks == 1 || rows.Length * (long)workPerValue < WorthThreads)
        {
            for (int block = 0; block < blocks; block++)
            {
                (int start, int length) = Block(block);
                body(
                    rows.Slice(start * width, length * width),
                    first.Slice(start * firstWidth, length * firstWidth),
                    second.Slice(start * secondWidth, length * secondWidth));
            }

            return;
        }

        fixed (float* rowsPin = rows, firstPin = first, secondPin = second)
        {
            // A lambda cannot capture the pinned pointers themselves; they stay pinned while the queue runs.
            float* input = rowsPin, output = firstPin, other = secondPin;
            ForkJoin.Run(blocks, ForkJoin.Threads(-1), block =>
            {
                (int start, int length) = Block(block);
                body(
                    new ReadOnlySpan<float>(input + ((long)start * width), length * width),
                    new Span<float>(output + ((long)start * firstWidth), length * firstWidth),
                    new Span<float>(other + ((long)start * secondWidth), length * secondWidth));
            });
        }

        (int Start, int Length) Block(int block) => (block * blockRows, Math.Min(blockRows, count - (block * blockRows)));
    }
}
