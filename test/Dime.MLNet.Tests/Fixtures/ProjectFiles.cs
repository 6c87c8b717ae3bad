namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Where the build puts the data and the reference figures.</summary>
internal static class ProjectFiles
{
    public static string SampleNetwork => Find("data", "cifar10-resnet.onnx");

    public static string SampleImages => Find("data", "cifar10-sample.zip");

    public static string MLNetInternals => Find("eng", "mlnet-internals.txt");

    public static string Golden => Find("Golden");

    /// <summary>The packages and projects that the tests were built with.</summary>
    public static string Dependencies => Find("Dime.MLNet.Tests.deps.json");

    public static string Reference(string name) => Find("Reference", name);

    private static string Find(params string[] parts) => Path.Combine([AppContext.BaseDirectory, .. parts]);
}
