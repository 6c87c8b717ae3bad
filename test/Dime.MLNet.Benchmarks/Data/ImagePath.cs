namespace Dime.MLNet.Benchmarks.Data;

/// <summary>An image file.</summary>
internal sealed class ImagePath
{
    public string Path { get; set; } = "";
}
