namespace Dime.MLNet.Tests.Fixtures;

/// <summary>An image of the sample archive: where it was unpacked, and its name within the archive.</summary>
internal sealed class SampleImage
{
    public string Path { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>All images below a folder, in an order that is the same everywhere.</summary>
    public static IReadOnlyList<SampleImage> In(DirectoryInfo folder) =>
    [
        .. folder.EnumerateFiles("*.jpg", SearchOption.AllDirectories)
            .Select(file => new SampleImage
            {
                Path = file.FullName,
                Name = System.IO.Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'),
            })
            .OrderBy(image => image.Name, StringComparer.Ordinal),
    ];
}
