using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>A small copy of an image that travels inside the page.</summary>
/// <param name="DataUri">The copy.</param>
/// <param name="IsTiny">Whether the image is shown larger than it is, so that its pixels should stay pixels.</param>
internal sealed record Thumbnail(string DataUri, bool IsTiny)
{
    private const int LongestSide = 192;
    private const int TinySide = 96;

    // Pixels of few kilobytes stay exact; photographs are stored as such.
    private const int JpegQuality = 82;

    /// <summary>Reads an image; null where it cannot be read: a report of a run is worth having when an image has since gone.</summary>
    public static Thumbnail? Of(string path)
    {
        if (!ImageFile.TryRead(path, out ImagePixels? pixels, out _))
        {
            return null;
        }

        using (pixels)
        {
            return Of(pixels);
        }
    }

    /// <summary>A small copy of an image.</summary>
    public static Thumbnail Of(ImagePixels pixels)
    {
        using SKBitmap image = pixels.ToBitmap();
        return Of(image);
    }

    private static Thumbnail Of(SKBitmap image)
    {
        int longest = Math.Max(image.Width, image.Height);
        bool isTiny = longest <= TinySide;
        if (longest <= LongestSide)
        {
            return new Thumbnail(Encode(image, isTiny), isTiny);
        }

        double scale = LongestSide / (double)longest;
        SKImageInfo size = image.Info.WithSize(Math.Max(1, (int)Math.Round(scale * image.Width)), Math.Max(1, (int)Math.Round(scale * image.Height)));
        using SKBitmap smaller = image.Resize(size, SKFilterQuality.Medium);
        return new Thumbnail(Encode(smaller, isTiny), isTiny);
    }

    private static string Encode(SKBitmap image, bool exact)
    {
        bool isPng = exact || image.AlphaType != SKAlphaType.Opaque;
        using SKData data = image.Encode(isPng ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, JpegQuality);
        return $"data:image/{(isPng ? "png" : "jpeg")};base64,{Convert.ToBase64String(data.AsSpan())}";
    }
}
