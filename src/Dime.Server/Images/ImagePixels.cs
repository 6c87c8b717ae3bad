using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Dime.Server.Images;

/// <summary>
/// The pixels of an image, in memory that is lent again when they are disposed: fresh memory for every image costs half as
/// much time as decoding it.
/// </summary>
/// <param name="info">Their number, and their format of 32 bits.</param>
internal sealed class ImagePixels(SKImageInfo info) : IDisposable
{
    private readonly byte[] _lent = ArrayPool<byte>.Shared.Rent((int)info.BytesSize64);

    public int Width => info.Width;

    public int Height => info.Height;

    public Span<int> Values => MemoryMarshal.Cast<byte, int>(Bytes);

    private Span<byte> Bytes => _lent.AsSpan(0, (int)info.BytesSize64);

    /// <summary>Decodes an image into the pixels.</summary>
    public SKCodecResult Decode(SKCodec codec)
    {
        var pinned = GCHandle.Alloc(_lent, GCHandleType.Pinned);
        try
        {
            return codec.GetPixels(info, pinned.AddrOfPinnedObject());
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>Pixels of the same format for an image of another shape; nothing is in them yet.</summary>
    public ImagePixels OfSize(int width, int height) => new(info.WithSize(width, height));

    /// <summary>A copy for a pipeline.</summary>
    public MLImage ToMLImage() => MLImage.CreateFromPixels(
        Width, Height, info.ColorType == SKColorType.Rgba8888 ? MLPixelFormat.Rgba32 : MLPixelFormat.Bgra32, Bytes);

    /// <summary>A copy to draw.</summary>
    public SKBitmap ToBitmap()
    {
        var bitmap = new SKBitmap(info);
        Marshal.Copy(_lent, 0, bitmap.GetPixels(), Bytes.Length);
        return bitmap;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_lent);
}
