using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>Which images of strangers are decoded: few formats, and none that takes more memory or time than it may.</summary>
/// <param name="mostPixels">The most pixels of an image.</param>
/// <param name="memory">The memory for all images.</param>
internal sealed class ImageRules(long mostPixels, PixelMemory memory)
{
    // Pixels as decoded, and the copy that a pipeline takes.
    private const long BytesOfPixel = 8;

    // A progressive JPEG has about ten; each of thousands costs as much time as the whole image.
    private const int MostScans = 100;

    /// <summary>Decodes an image.</summary>
    /// <param name="file">The bytes of its file.</param>
    /// <param name="verdict">Why it was not decoded, as the end of a sentence that the image begins; null where it was.</param>
    public LentPixels? Decode(ReadOnlySpan<byte> file, out ImageFault? verdict)
    {
        using var data = SKData.CreateCopy(file);
        using SKCodec? codec = ImageDecoder.Open(data, out string? fault);
        verdict = codec is null ? new ImageFault(ImageFaultKind.Unreadable, fault!) : Refuse(codec, file);
        if (verdict is not null)
        {
            return null;
        }

        long bytes = PixelsOf(codec!) * BytesOfPixel;
        if (!memory.TryTake(bytes))
        {
            verdict = new ImageFault(ImageFaultKind.NoMemory, "has to wait: images that are being scored take all the memory for images");
            return null;
        }

        ImagePixels? pixels = null;
        try
        {
            pixels = ImageDecoder.Decode(codec!, out fault);
        }
        finally
        {
            if (pixels is null)
            {
                memory.Return(bytes);
            }
        }

        verdict = pixels is null ? new ImageFault(ImageFaultKind.Unreadable, fault!) : null;
        return pixels is null ? null : new LentPixels(pixels, memory, bytes);
    }

    private ImageFault? Refuse(SKCodec codec, ReadOnlySpan<byte> file) => codec.EncodedFormat switch
    {
        not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp) =>
            new ImageFault(ImageFaultKind.OtherFormat, $"is of the format {codec.EncodedFormat}; send JPEG, PNG or WebP"),
        _ when PixelsOf(codec) > mostPixels =>
            new ImageFault(ImageFaultKind.TooLarge, $"has {codec.Info.Width} x {codec.Info.Height} pixels, and {mostPixels} are allowed; send a smaller one"),
        SKEncodedImageFormat.Jpeg when file.Count([(byte)0xFF, (byte)0xDA]) > MostScans =>
            new ImageFault(ImageFaultKind.TooLarge, $"is a JPEG of more than {MostScans} scans; save it anew"),
        _ => null,
    };

    private static long PixelsOf(SKCodec codec) => (long)codec.Info.Width * codec.Info.Height;
}

/// <summary>Why an image was not decoded.</summary>
/// <param name="Kind">What it is in general.</param>
/// <param name="Text">The end of a sentence that the image begins.</param>
internal sealed record ImageFault(ImageFaultKind Kind, string Text);

/// <summary>What is wrong with an image.</summary>
internal enum ImageFaultKind
{
    Unreadable,
    OtherFormat,
    TooLarge,
    NoMemory,
}
