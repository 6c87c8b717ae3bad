using SkiaSharp;

namespace Dime.Notebooks.Display;

/// <summary>Images side by side, each row of them as wide as there are columns, as one picture.</summary>
/// <param name="Images">PNG or JPEG images, in reading order: files' contents.</param>
/// <param name="Columns">Images in a row, 1 or more.</param>
/// <param name="Size">The width and height of an image on the sheet, in pixels.</param>
public sealed record ContactSheet(IReadOnlyList<byte[]> Images, int Columns = 8, int Size = 80)
{
    private const int Gap = 6;

    /// <summary>The sheet of images in files.</summary>
    public static ContactSheet OfFiles(IEnumerable<string> paths, int columns = 8, int size = 80) =>
        new([.. paths.Select(File.ReadAllBytes)], columns, size);

    /// <summary>Draws the sheet.</summary>
    /// <exception cref="ArgumentException">There is no image, or one that cannot be decoded.</exception>
    public byte[] ToPng()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
        if (Images.Count == 0)
        {
            throw new ArgumentException("A contact sheet needs at least one image.");
        }

        int columns = Math.Min(Columns, Images.Count);
        int rows = (Images.Count + columns - 1) / columns;
        using var surface = SKSurface.Create(new SKImageInfo(columns * (Size + Gap) + Gap, rows * (Size + Gap) + Gap));
        surface.Canvas.Clear(SKColors.White);
        for (int i = 0; i < Images.Count; i++)
        {
            using SKBitmap image = SKBitmap.Decode(Images[i])
                ?? throw new ArgumentException($"Image {i + 1} of the contact sheet is no image that can be decoded.");
            var place = SKRect.Create(Gap + i % columns * (Size + Gap), Gap + i / columns * (Size + Gap), Size, Size);

            // No smoothing: small images are shown in the very pixels that the network sees.
            using var paint = new SKPaint { FilterQuality = SKFilterQuality.None };
            surface.Canvas.DrawBitmap(image, place, paint);
        }

        using SKImage sheet = surface.Snapshot();
        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => $"({Images.Count} images, {Columns} in a row)";
}
