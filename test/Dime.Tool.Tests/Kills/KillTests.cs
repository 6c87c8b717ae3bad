using System.Diagnostics;
using System.IO.Compression;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Kills;

/// <summary>
/// Processes that are killed at any moment: what they write is whole or absent, and the next run removes what they left. By hand with <c>DIME_KILLS</c>, the number
/// of kills of each command.
/// </summary>
[TestClass]
public sealed class KillTests : IDisposable
{
    private const string Before = "as it was";

    private readonly TemporaryFolder _inputs = new();
    private readonly TemporaryFolder _outputs = new();
    private readonly Random _random = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose()
    {
        _inputs.Dispose();
        _outputs.Dispose();
    }

    [TestMethod]
    [DataRow("fit", "out.zip")]
    [DataRow("accumulate", "out.sums")]
    [DataRow("merge", "out.zip")]
    [DataRow("merge", "out.sums")]
    [DataRow("score", "out.csv")]
    [DataRow("score", "out.parquet")]
    [DataRow("export", "out.onnx")]
    [DataRow("report", "out.html")]
    public void Outputs_of_killed_commands_are_whole_or_absent(string command, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs files that are locked as on POSIX systems.");
        }

        string output = _outputs[name];
        string[] arguments = [command, .. ArgumentsOf(command), "--output", output];
        var clock = Stopwatch.StartNew();
        DimeProcess.Run(arguments).Succeeds();
        TimeSpan usual = clock.Elapsed;
        string whole = ContentOf(output);
        int kept = 0, replaced = 0, drafts = 0, ended = 0;
        for (int i = 0; i < KillCount.Value; i++)
        {
            bool isThere = i % 4 > 1;
            File.Delete(output);
            if (isThere)
            {
                File.WriteAllText(output, Before);
            }

            ended += Kill(arguments, isSeen: i % 2 == 0, name, usual) ? 0 : 1;
            string? left = !File.Exists(output) ? null : File.ReadAllBytes(output) is { Length: var length } && length == Before.Length ? File.ReadAllText(output) : ContentOf(output);
            Assert.IsTrue(left == whole || left == (isThere ? Before : null), $"kill {i}: {left ?? "nothing"}");
            (kept, replaced) = left == whole ? (kept, replaced + 1) : (kept + 1, replaced);

            // The one of this process, and one that it had no time to remove.
            int count = _outputs.Names.Count(file => file != name);
            drafts += count;
            Assert.IsLessThanOrEqualTo(2, count, string.Join(' ', _outputs.Names));
        }

        DimeProcess.Run(arguments).Succeeds();
        Assert.AreEqual(whole, ContentOf(output));
        Assert.AreSequenceEqual([name], _outputs.Names);
        TestContext.WriteLine($"{command} {name}: {KillCount.Value} kills, {kept} left what was there, {replaced} the whole output, {ended} came after the end; {drafts} drafts were found after them.");
    }

    private string[] ArgumentsOf(string command)
    {
        string rows = _inputs.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(6000)));
        string[] parts = [_inputs["a.sums"], _inputs["b.sums"]];
        string model = _inputs["model.zip"];
        foreach (string part in command == "merge" ? parts : [])
        {
            DimeProcess.Run("accumulate", "--embeddings", rows, "--source", part, "--output", part).Succeeds();
        }

        if (command is "score" or "export" or "report")
        {
            DimeProcess.Run("fit", "--embeddings", rows, "--output", model).Succeeds();
        }

        return command switch
        {
            "fit" => ["--embeddings", rows],
            "accumulate" => ["--embeddings", rows, "--source", "x"],
            "merge" => parts,
            "score" => ["--model", model, "--embeddings", rows],
            "export" => ["--model", model],
            _ => ["--model", model, "--in", rows],
        };
    }

    /// <returns>Whether it was killed before it ended.</returns>
    private bool Kill(string[] arguments, bool isSeen, string name, TimeSpan usual)
    {
        using Process process = DimeProcess.Start(arguments);
        process.StandardInput.Close();
        Task<string>[] said = [process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()];
        if (isSeen)
        {
            // From when it has begun to write, which is late in its time.
            HashSet<string> left = [.. _outputs.Names];
            while (!process.HasExited && !_outputs.Names.Any(file => file != name && !left.Contains(file)))
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(_random.NextDouble() * 0.3 * usual);
        }
        else
        {
            Thread.Sleep(_random.NextDouble() * 1.1 * usual);
        }

        bool isKilled = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        Task.WaitAll(said);
        return isKilled && process.ExitCode == 128 + 9;
    }

    // What a file says. The times in zips and reports are others each time.
    private static string ContentOf(string path)
    {
        switch (Path.GetExtension(path))
        {
            case ".zip":
                using (ZipArchive zip = ZipFile.OpenRead(path))
                {
                    return string.Join('\n', zip.Entries.Select(entry =>
                    {
                        using Stream stream = entry.Open();
                        return $"{entry.FullName} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream))}";
                    }));
                }

            case ".html":
                string text = File.ReadAllText(path);
                Assert.EndsWith("</html>", text.TrimEnd());
                return $"{text.Split('\n').Length} lines";
            default:
                return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        }
    }
}
