using Dime.Server.Images;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Dime.Server.Models;

/// <summary>A row of nothing, of the kind that a model takes: a black image or zeros.</summary>
internal static class TrialRow
{
    // Larger than a network's input or smaller, it is resized; networks without resizing need their own size and say so.
    private const int Side = 32;

    public static RowInput For(SavedModel model) => model.TakesImages
        ? new RowInput("") { Image = Black() }
        : new RowInput("") { Embedding = new float[((VectorDataViewType)model.InputColumn.Type).Size] };

    private static LentPixels Black()
    {
        var pixels = new ImagePixels(new SKImageInfo(Side, Side, SKColorType.Bgra8888, SKAlphaType.Opaque));
        pixels.Values.Clear();
        return new LentPixels(pixels, new PixelMemory(long.MaxValue), bytes: 0);
    }
}
