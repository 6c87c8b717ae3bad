using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Golden;

/// <summary>Files that one version of the library wrote; images that go into them are in a folder below.</summary>
internal sealed record GoldenFolder(string Path)
{
    public const string PipelineExtension = ".zip";
    public const string GraphExtension = ".onnx";
    public const string SumsExtension = ".sums";
    public const string EmbeddingExtension = ".embedding";
    public const string EnsembleExtension = ".ensemble";
    public const string PartExtension = ".part";

    private const string ImageFolder = "images";

    /// <summary>The folders of all versions, which stay for good.</summary>
    public static IEnumerable<GoldenFolder> Committed =>
        from folder in Directory.EnumerateDirectories(ProjectFiles.Golden)
        orderby folder
        select new GoldenFolder(folder);

    /// <summary>What the library wrote, without the figures and the images beside it.</summary>
    public IEnumerable<string> Files =>
        from file in Directory.EnumerateFiles(Path)
        where System.IO.Path.GetExtension(file) is PipelineExtension or GraphExtension or SumsExtension or EmbeddingExtension or EnsembleExtension or PartExtension
        orderby file
        select file;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The images, in an order that is the same everywhere.</summary>
    public IReadOnlyList<SampleImage> Images => SampleImage.In(new DirectoryInfo(this[ImageFolder]));

    public void Add(IEnumerable<SampleImage> images)
    {
        foreach (SampleImage image in images)
        {
            string file = System.IO.Path.Combine(Path, ImageFolder, image.Name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.Copy(image.Path, file);
        }
    }
}
