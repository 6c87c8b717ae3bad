using SkiaSharp;

namespace Dime.Tool.Report.Page;

/// <summary>A small copy of an image that travels inside the page.</summary>
/// <param name="DataUri">The copy.</param>
/// <param name="IsTiny">Whether the image is shown larger than it is, so that its pixels should stay pixels.</param>
internal sealed record Thumbnail(string DataUri, bool IsTiny)
{
    private const int LongestSide = 192;
    private const int TinySide = 96;

    // Pixels of few kilobytes stay exact; photographs are stored as such.
    private const int JpegQuality = 82;

    /// <summary>Reads an image as ML.NET does, with no regard for the orientation a camera noted; null where it cannot be read.</summary>
    public static Thumbnail? Of(string path)
    {
        try
        {
            using SKBitmap? image = SKBitmap.Decode(path);
            return image is null ? null : Of(image);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A report of a run is worth having when an image has since gone.
            return null;
        }
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
