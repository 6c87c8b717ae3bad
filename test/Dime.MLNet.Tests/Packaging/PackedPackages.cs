using System.Diagnostics;
using Dime.MLNet.Benchmarks;

namespace Dime.MLNet.Tests.Packaging;

/// <summary>The packages in the folder that DIME_PACKAGES names, as CI has packed them all; else the library's own, packed from the build at hand.</summary>
internal sealed class PackedPackages : IDisposable
{
    private const string Variable = "DIME_PACKAGES";

    private readonly DirectoryInfo? _own;

    public PackedPackages()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
        {
            _own = Directory.CreateTempSubdirectory("dime-");
            folder = _own.FullName;
            Pack("Dime.MLNet", folder);
        }

        All = [.. Directory.EnumerateFiles(folder, "*.nupkg").Order(StringComparer.Ordinal).Select(file => new PackedPackage(file, Sources))];
    }

    public static string Sources => Path.Combine(RepositoryFolder.Find() ?? throw new AssertInconclusiveException("The build lies in no repository."), "src");

    public IReadOnlyList<PackedPackage> All { get; }

    /// <summary>Those with their dependencies in them.</summary>
    public IReadOnlyList<PackedPackage> Tools
    {
        get
        {
            PackedPackage[] tools = [.. All.Where(package => package.DependencyFiles.Count > 0)];
            return tools.Length > 0 || _own is null ? tools : throw new AssertInconclusiveException($"Packing the tools takes minutes: set {Variable} to a folder of packages.");
        }
    }

    public void Dispose()
    {
        foreach (PackedPackage package in All)
        {
            package.Dispose();
        }

        _own?.Delete(recursive: true);
    }

    private static void Pack(string project, string folder)
    {
        // bin/<configuration>/<framework>/
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, ["pack", "--no-build", "--configuration", configuration, "--output", folder, Path.Combine(Sources, project)])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
    }
}
