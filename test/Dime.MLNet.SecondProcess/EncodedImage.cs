using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.MLNet.SecondProcess;

/// <summary>An image as it comes from an upload: encoded, and decoded anew each time that it is read.</summary>
public sealed class EncodedImage
{
    public byte[] File { get; set; } = [];

    [ImageType(32, 32)]
    public MLImage Image => MLImage.CreateFromStream(new MemoryStream(File));

    /// <summary>The images of rows that hold them encoded, in a column <see cref="File"/>; null for other rows.</summary>
    internal static IReadOnlyList<EncodedImage>? In(IDataView rows) => rows.Schema.GetColumnOrNull(nameof(File)) is null
        ? null
        : [.. rows.GetColumn<byte[]>(nameof(File)).Select(file => new EncodedImage { File = file })];
}
