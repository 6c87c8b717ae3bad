using System.Diagnostics;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Outputs;

[TestClass]
public sealed class OutputPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_link_stays_and_the_file_behind_it_is_written()
    {
        string target = _folder.Write("target.csv", "as it was");
        File.CreateSymbolicLink(_folder["link.csv"], "target.csv");

        Write(_folder["link.csv"], "new");

        Assert.AreEqual("target.csv", new FileInfo(_folder["link.csv"]).LinkTarget);
        Assert.AreEqual("new", File.ReadAllText(target));
        Assert.AreSequenceEqual(["link.csv", "target.csv"], _folder.Names);
    }

    [TestMethod]
    public void A_link_to_nothing_makes_the_file_it_names()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["link.csv"], Path.Combine("elsewhere", "new.csv"));

        Write(_folder["link.csv"], "new");

        Assert.AreEqual("new", File.ReadAllText(Path.Combine(_folder["elsewhere"], "new.csv")));
        Assert.IsNotNull(new FileInfo(_folder["link.csv"]).LinkTarget);
    }

    [TestMethod]
    public void A_pipe_stays_and_takes_the_bytes()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs named pipes in the file system.");
        }

        using var mkfifo = Process.Start("mkfifo", [_folder["pipe"]]);
        mkfifo.WaitForExit();
        Task<string> read = Task.Run(() => File.ReadAllText(_folder["pipe"]));

        Write(_folder["pipe"], "through the pipe");

        Assert.AreEqual("through the pipe", read.Result);
        Assert.IsFalse(OutputPlace.Of(_folder["pipe"]).IsFile);
        Assert.AreSequenceEqual(["pipe"], _folder.Names);
    }

    [TestMethod]
    [DataRow("/dev/null")]
    [DataRow("/dev/stdout")]
    [DataRow("/proc/self/fd/1")]
    public void Devices_and_descriptors_are_never_replaced(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Needs the devices of Linux.");
        }

        Assert.IsFalse(OutputPlace.Of(path).IsFile);
    }

    [TestMethod]
    public void A_link_to_a_device_is_a_device()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Needs the devices of Linux.");
        }

        File.CreateSymbolicLink(_folder["link"], "/dev/null");

        Assert.IsFalse(OutputPlace.Of(_folder["link"]).IsFile);
    }

    [TestMethod]
    public void An_empty_file_is_a_file() => Assert.IsTrue(OutputPlace.Of(_folder.Write("empty.csv", "")).IsFile);

    [TestMethod]
    public void An_input_is_not_replaced_by_way_of_a_link()
    {
        string input = _folder.Write("rows.csv", "1,2");
        File.CreateSymbolicLink(_folder["link.csv"], input);
        Directory.CreateSymbolicLink(_folder["same"], _folder.Path);
        using var files = new OutputFiles();

        string[] ways = [input, _folder["link.csv"], Path.Combine(_folder["same"], "rows.csv"), Path.Combine(_folder["same"], "same", "link.csv")];
        foreach (string way in ways)
        {
            InputException refusal = Assert.ThrowsExactly<InputException>(() => files.Create(way, [input]), way);
            Assert.Contains("replaced", refusal.Message);
            Assert.ThrowsExactly<InputException>(() => files.Create(input, [way]), way);
        }
    }

    [TestMethod]
    public void Links_in_a_circle_are_named()
    {
        File.CreateSymbolicLink(_folder["a"], "b");
        File.CreateSymbolicLink(_folder["b"], "a");

        IOException refusal = Assert.ThrowsExactly<IOException>(() => OutputPlace.Of(_folder["a"]));

        Assert.Contains("circle", refusal.Message);
        Assert.AreEqual(ExitCode.Input, Failure.Of(refusal).Code);
    }

    [TestMethod]
    public void What_is_given_up_leaves_a_pipe_and_its_folder_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs named pipes in the file system.");
        }

        using var mkfifo = Process.Start("mkfifo", [_folder["pipe"]]);
        mkfifo.WaitForExit();
        using (var files = new OutputFiles())
        using (OutputFile file = files.Create(_folder["pipe"], []))
        {
            file.Stream.Write("half"u8);
        }

        Assert.IsFalse(OutputPlace.Of(_folder["pipe"]).IsFile);
        Assert.AreSequenceEqual(["pipe"], _folder.Names);
    }

    private static void Write(string path, string text)
    {
        using var files = new OutputFiles();
        using OutputFile file = files.Create(path, []);
        using (StreamWriter writer = new(file.Stream, leaveOpen: true))
        {
            writer.Write(text);
        }

        file.Complete();
    }
}
