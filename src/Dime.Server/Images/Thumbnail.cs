using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>A small copy of an image.</summary>
/// <param name="Bytes">The copy, encoded.</param>
/// <param name="MediaType">As what it is encoded.</param>
/// <param name="IsTiny">Whether the image is shown larger than it is, so that its pixels should stay pixels.</param>
internal sealed record Thumbnail(byte[] Bytes, string MediaType, bool IsTiny)
{
    private const int LongestSide = 192;
    private const int TinySide = 96;

    // Pixels of few kilobytes stay exact; photographs are stored as such.
    private const int JpegQuality = 82;

    /// <summary>The copy as it travels inside a page.</summary>
    public string DataUri => $"data:{MediaType};base64,{Convert.ToBase64String(Bytes)}";

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

    /// <summary>A copy that was kept.</summary>
    public static Thumbnail Of(byte[] bytes, string mediaType)
    {
        SKImageInfo info = SKBitmap.DecodeBounds(bytes);
        return new Thumbnail(bytes, mediaType, Math.Max(info.Width, info.Height) <= TinySide);
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
            return Encode(image, isTiny);
        }

        double scale = LongestSide / (double)longest;
        SKImageInfo size = image.Info.WithSize(Math.Max(1, (int)Math.Round(scale * image.Width)), Math.Max(1, (int)Math.Round(scale * image.Height)));
        using SKBitmap smaller = image.Resize(size, SKFilterQuality.Medium);
        return Encode(smaller, isTiny);
    }

    private static Thumbnail Encode(SKBitmap image, bool isTiny)
    {
        bool isPng = isTiny || image.AlphaType != SKAlphaType.Opaque;
        using SKData data = image.Encode(isPng ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, JpegQuality);
        return new Thumbnail(data.ToArray(), isPng ? "image/png" : "image/jpeg", isTiny);
    }
}
