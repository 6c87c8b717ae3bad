using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImagesFromMemory;

/// <summary>A row that names a file.</summary>
internal sealed class ImageFile
{
    public string Path { get; set; } = "";
}

/// <summary>
/// A row with a decoded image, which is the owner's to dispose of. Give each read an image of its own: ML.NET disposes of one that has the
/// network's size already. EXIF data is not looked at: turn photographs upright first.
/// </summary>
internal sealed class DecodedImage : IDisposable
{
    public DecodedImage(Stream encoded)
    {
        using (encoded)
        {
            Image = MLImage.CreateFromStream(encoded);
        }
    }

    // The column's name in the pipeline; the image may be of any size, whatever the type says.
    [ColumnName("image"), ImageType(32, 32)]
    public MLImage Image { get; }

    public void Dispose() => Image.Dispose();
}

/// <summary>A row with an encoded image, which can be read any number of times, as a fit may have to.</summary>
internal sealed class EncodedImage
{
    public byte[] File { get; set; } = [];

    [ColumnName("image"), ImageType(32, 32)]
    public MLImage Image => MLImage.CreateFromStream(new MemoryStream(File));
}

/// <summary>A row of the output.</summary>
internal sealed class Verdict
{
    public float DimeDistance { get; set; }

    public float DimeProbability { get; set; }

    public bool IsOutOfDistribution { get; set; }
}
