using Microsoft.ML;

namespace ImagesFromMemory;

internal static class Batches
{
    // Decoded images are large, and the garbage collector does not see their memory: so many at a time.
    private const int Size = 64;

    /// <summary>Scores images from streams; the network runs in batches.</summary>
    public static IEnumerable<Verdict> Score(MLContext mlContext, ITransformer model, IEnumerable<Stream> streams)
    {
        foreach (Stream[] batch in streams.Chunk(Size))
        {
            DecodedImage[] rows = [.. batch.Select(stream => new DecodedImage(stream))];
            Verdict[] verdicts = [.. mlContext.Data.CreateEnumerable<Verdict>(model.Transform(mlContext.Data.LoadFromEnumerable(rows)), reuseRowObject: false)];
            Array.ForEach(rows, row => row.Dispose());
            foreach (Verdict verdict in verdicts)
            {
                yield return verdict;
            }
        }
    }
}
