using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SkiaSharp;

namespace Dime.Tool.Images;

/// <summary>Reads files of images with the pixels that ML.NET would read, but whole or not at all, and upright.</summary>
internal static class ImageFile
{
    /// <summary>Reads the first frame of an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">Its pixels, in the orientation in which it is meant to be seen.</param>
    /// <param name="fault">What is wrong with the file, as the end of a sentence that it begins.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out ImagePixels? image, [NotNullWhen(false)] out string? fault)
    {
        image = null;
        SKData bytes;
        try
        {
            bytes = Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"cannot be opened: {e.Message.TrimEnd('.')}";
            return false;
        }

        using (bytes)
        {
            image = Decode(bytes, out fault);
            return image is not null;
        }
    }

    // Whole files by way of lent memory; a stream that fails while native code reads it would end the program.
    private static SKData Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (file.Length > Array.MaxLength)
        {
            throw new IOException($"it has {file.Length} bytes");
        }

        byte[] lent = ArrayPool<byte>.Shared.Rent((int)file.Length);
        try
        {
            Span<byte> bytes = lent.AsSpan(0, (int)file.Length);
            file.ReadExactly(bytes);
            return SKData.CreateCopy(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    private static ImagePixels? Decode(SKData bytes, out string? fault)
    {
        if (bytes.IsEmpty)
        {
            fault = "is empty";
            return null;
        }

        using var codec = SKCodec.Create(new SKMemoryStream(bytes), out SKCodecResult result);
        if (codec is null)
        {
            fault = FaultOf(result);
            return null;
        }

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
