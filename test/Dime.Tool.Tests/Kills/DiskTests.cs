using Dime.Tool.Terminal;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Kills;

/// <summary>Disks that are full or may not be written to: one sentence, and nothing that is half written.</summary>
[TestClass]
public sealed class DiskTests : IDisposable
{
    private readonly TemporaryFolder _inputs = new();

    public void Dispose() => _inputs.Dispose();

    [TestMethod]
    public void A_full_disk_is_told_of_and_nothing_is_left_on_it()
    {
        using var disk = new TemporaryDisk(256);
        disk.Fill(freeBytes: 0);
        string[][] commands = Commands(disk);

        foreach (string[] command in commands)
        {
            DimeProcess.Run(command).Fails(ExitCode.Input, $"'{command[^1]}' cannot be written there", "No space left on device");
            Assert.AreSequenceEqual(["fill"], disk.Names);
        }

        disk.Fill(freeBytes: 200 << 10);
        DimeProcess.Run(commands[0]).Succeeds();
        Assert.AreSequenceEqual(["fill", "m.zip"], disk.Names);
    }

    [TestMethod]
    public void A_disk_that_is_full_in_the_middle_leaves_what_was_there()
    {
        using var disk = new TemporaryDisk(256);
        disk.Fill(freeBytes: 16 << 10);
        foreach (string[] command in Commands(disk).Where(command => command[0] is "score"))
        {
            File.WriteAllText(command[^1], "as it was");
            DimeProcess.Run(command).Fails(ExitCode.Input, "cannot be written there", "No space left on device");
            Assert.AreEqual("as it was", File.ReadAllText(command[^1]));
            Assert.HasCount(2, disk.Names, string.Join(' ', disk.Names));
            File.Delete(command[^1]);
        }
    }

    [TestMethod]
    public void A_disk_that_may_not_be_written_to_is_told_of_before_the_work()
    {
        using var disk = new TemporaryDisk(256);
        disk.MakeReadOnly();
        foreach (string[] command in Commands(disk).Where(command => command[0] is "fit" or "report"))
        {
            DimeRun run = DimeProcess.Run(command);
            run.Fails(ExitCode.Input, $"'{command[^1]}' cannot be written there (Read-only file system)");
            Assert.DoesNotContain(".tmp", run.Error);
        }
    }

    // The output is the last argument of each.
    private string[][] Commands(TemporaryDisk disk)
    {
        string rows = _inputs.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(3000)));
        (string part, string model) = (_inputs["part.sums"], _inputs["model.zip"]);
        DimeProcess.Run("accumulate", "--embeddings", rows, "--source", "x", "--output", part).Succeeds();
        DimeProcess.Run("merge", part, "--output", model).Succeeds();
        return
        [
            ["fit", "--embeddings", rows, "--output", disk["m.zip"]],
            ["accumulate", "--embeddings", rows, "--output", disk["p.sums"]],
            ["merge", part, "--output", disk["m.zip"]],
            ["score", "--model", model, "--embeddings", rows, "--output", disk["s.csv"]],
            ["score", "--model", model, "--embeddings", rows, "--output", disk["s.jsonl"]],
            ["score", "--model", model, "--embeddings", rows, "--output", disk["s.parquet"]],
            ["export", "--model", model, "--output", disk["m.onnx"]],
            ["report", "--model", model, "--in", rows, "--output", disk["r.html"]],
        ];
    }
}
