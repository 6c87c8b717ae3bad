using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>Turns images as the orientation asks that a camera noted (Exif 2.3, tag 274).</summary>
internal static class ImageOrientation
{
    /// <summary>A copy of an image as it is meant to be seen.</summary>
    /// <param name="stored">The image as it is stored.</param>
    /// <param name="origin">Where its first row and its first column belong.</param>
    public static ImagePixels Upright(ImagePixels stored, SKEncodedOrigin origin)
    {
        ImagePixels upright = origin < SKEncodedOrigin.LeftTop
            ? stored.OfSize(stored.Width, stored.Height)
            : stored.OfSize(stored.Height, stored.Width);
        (int first, int right, int below) = Steps(origin, stored.Width, stored.Height);
        Span<int> source = stored.Values;
        for (int row = 0; row < upright.Height; row++)
        {
            int from = first + (row * below);
            foreach (ref int pixel in upright.Values.Slice(row * upright.Width, upright.Width))
            {
                pixel = source[from];
                from += right;
            }
        }

        return upright;
    }

    // Where the first upright pixel is stored, and how far away those to the right of a pixel and below it are.
    private static (int First, int Right, int Below) Steps(SKEncodedOrigin origin, int width, int height)
    {
        int topRight = width - 1;
        int bottomLeft = (height - 1) * width;
        int bottomRight = bottomLeft + topRight;
        return origin switch
        {
            SKEncodedOrigin.TopRight => (topRight, -1, width),
            SKEncodedOrigin.BottomRight => (bottomRight, -1, -width),
            SKEncodedOrigin.BottomLeft => (bottomLeft, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (bottomLeft, -width, 1),
            SKEncodedOrigin.RightBottom => (bottomRight, -width, -1),
            SKEncodedOrigin.LeftBottom => (topRight, width, -1),
            _ => (0, 1, width),
        };
    }
}
