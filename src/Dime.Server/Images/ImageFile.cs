using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SkiaSharp;

namespace Dime.Server.Images;

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
            image = ImageDecoder.Decode(bytes, out fault);
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
}
