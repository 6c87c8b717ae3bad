using Dime.Notebooks.Documents;
using SkiaSharp;

namespace Dime.Notebooks.Display;

/// <summary>Encoded pictures, as they are.</summary>
internal static class PictureFormatter
{
    public static IReadOnlyList<MimeContent> Format(byte[] bytes, string? description = null)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        string type = codec?.EncodedFormat switch
        {
            SKEncodedImageFormat.Png => MimeContent.Png,
            SKEncodedImageFormat.Jpeg => MimeContent.Jpeg,
            _ => throw new ArgumentException($"These {bytes.Length} bytes are no PNG or JPEG image, which is what bytes and files are shown as. Show other values as text.", nameof(bytes)),
        };
        string text = description ?? $"({codec.Info.Width}×{codec.Info.Height} pixels)";
        return [MimeContent.OfBytes(type, bytes), new(MimeContent.PlainText, text)];
    }
}
