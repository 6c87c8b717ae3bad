using Dime.Tool.Jobs;

namespace Dime.MLNet.Evidence.Data;

/// <summary>The demonstration's network and images, in a folder of their own until this is disposed.</summary>
internal sealed class SampleData : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-evidence-");
    private readonly DemoData _data;

    public SampleData() => _data = DemoData.Unpack(_folder.FullName);

    public string Network => _data.Network;

    /// <summary>The folder of one of its sets.</summary>
    public string Folder(string set) => _data.Images(set);

    public void Dispose() => _folder.Delete(recursive: true);
}
