using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>Decodes images to the pixels that ML.NET would read, but whole or not at all, and upright.</summary>
internal static class ImageDecoder
{
    /// <summary>Decodes the first frame of an image.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="fault">What is wrong with it, as the end of a sentence that the file begins.</param>
    /// <returns>Its pixels, in the orientation in which it is meant to be seen; null where something is wrong.</returns>
    public static ImagePixels? Decode(SKData bytes, out string? fault)
    {
        using SKCodec? codec = Open(bytes, out fault);
        return codec is null ? null : Decode(codec, out fault);
    }

    /// <summary>Reads what an image says of itself; no pixel is decoded.</summary>
    /// <returns>The decoder; null where something is wrong.</returns>
    public static SKCodec? Open(SKData bytes, out string? fault)
    {
        if (bytes.IsEmpty)
        {
            fault = "is empty";
            return null;
        }

        var codec = SKCodec.Create(new SKMemoryStream(bytes), out SKCodecResult result);
        fault = codec is null ? FaultOf(result) : null;
        return codec;
    }

    /// <summary>Decodes the image that a decoder was opened on.</summary>
    public static ImagePixels? Decode(SKCodec codec, out string? fault)
    {
        SKImageInfo info = FormatOf(codec.Info);
        if (info.BytesSize64 > Array.MaxLength)
        {
            fault = $"has {info.Width} x {info.Height} pixels, more than memory can hold";
            return null;
        }

        var stored = new ImagePixels(info);
        fault = FaultOf(stored.Decode(codec));
        if (fault is null && codec.EncodedOrigin == SKEncodedOrigin.TopLeft)
        {
            return stored;
        }

        using (stored)
        {
            return fault is null ? ImageOrientation.Upright(stored, codec.EncodedOrigin) : null;
        }
    }

    private static string? FaultOf(SKCodecResult result) => result switch
    {
        SKCodecResult.Success => null,
        SKCodecResult.IncompleteInput => "is a truncated image: its end is missing",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "is a damaged or truncated image",
        SKCodecResult.Unimplemented => "is not an image that can be read",
        _ => $"is an image that cannot be decoded ({result})",
    };

    // As MLImage has it, whose decoder takes half an image for a whole one.
    private static SKImageInfo FormatOf(SKImageInfo stored)
    {
        SKImageInfo info = stored.WithColorSpace(null);
        info = info.AlphaType == SKAlphaType.Unpremul ? info.WithAlphaType(SKAlphaType.Premul) : info;
        return info.ColorType == SKColorType.Rgba8888 ? info : info.WithColorType(SKColorType.Bgra8888);
    }
}
