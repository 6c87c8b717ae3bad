using System.Diagnostics;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>A small disk in memory; only root may have one, and tests are skipped elsewhere.</summary>
internal sealed class TemporaryDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMounted;

    public TemporaryDisk(int kilobytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            _folder.Dispose();
            Assert.Inconclusive("Needs a disk of its own, which only root on Linux can mount.");
        }

        _isMounted = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
        if (!_isMounted)
        {
            _folder.Dispose();
            Assert.Inconclusive("Needs a disk of its own, and nothing may be mounted here.");
        }
    }

    public string this[string name] => _folder[name];

    public string[] Names => _folder.Names;

    /// <summary>Leaves no more than some bytes free.</summary>
    public void Fill(int freeBytes)
    {
        using FileStream stream = File.Create(this["fill"]);
        stream.SetLength(0);
        byte[] page = new byte[4096];
        long free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        for (; free > freeBytes; free -= page.Length)
        {
            stream.Write(page);
        }
    }

    public void MakeReadOnly() => Assert.IsTrue(Run("mount", "-o", "remount,ro", _folder.Path));

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", _folder.Path);
            _folder.Dispose();
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
