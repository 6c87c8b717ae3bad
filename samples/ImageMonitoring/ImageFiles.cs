namespace ImageMonitoring;

/// <summary>A row of the pipeline's input.</summary>
internal sealed class ImageFile
{
    public string Path { get; set; } = "";
}

internal static class ImageFiles
{
    /// <summary>All images below a folder, in an order that is the same everywhere.</summary>
    public static IReadOnlyList<ImageFile> In(DirectoryInfo folder, string name) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(folder.FullName, name), "*.jpg", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new ImageFile { Path = path }),
    ];
}
