using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Evidence.Data;

/// <summary>Makes a fault in each image.</summary>
internal static class FaultyImages
{
    /// <param name="mlContext">The context.</param>
    /// <param name="rows">Rows of images.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>The images, of which the type does not tell the size.</returns>
    public static IDataView Apply(MLContext mlContext, IDataView rows, Fault fault) => mlContext.Data.LoadFromEnumerable(Make(rows, fault));

    // Not by a custom mapping: ML.NET has none of images whose type tells their size.
    private static IEnumerable<FaultyRow> Make(IDataView rows, Fault fault)
    {
        var row = new FaultyRow();
        int number = 0;
        foreach (MLImage image in rows.GetColumn<MLImage>(ImagePipeline.ImageColumn))
        {
            var pixels = new PixelGrid(image.Pixels.ToArray(), image.Width, image.Height);
            fault.Apply(pixels, new Random(number++));

            // Whoever asks for the next is done with the last.
            row.Image?.Dispose();
            row.Image = MLImage.CreateFromPixels(pixels.Width, pixels.Height, image.PixelFormat, pixels.Values);
            yield return row;
        }

        row.Image?.Dispose();
    }

    private sealed class FaultyRow
    {
        [AnyImage]
        [ColumnName(ImagePipeline.ImageColumn)]
        public MLImage? Image { get; set; }
    }
}
