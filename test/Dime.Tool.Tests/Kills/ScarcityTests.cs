using System.Diagnostics;
using Dime.Tool.Inputs;
using Dime.Tool.Terminal;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.Tool.Tests.Kills;

/// <summary>Inputs that go or change while they are read, and memory that does not suffice.</summary>
[TestClass]
public sealed class ScarcityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("csv")]
    [DataRow("npy")]
    [DataRow("parquet")]
    [DataRow("idv")]
    public void A_file_that_changes_while_it_is_read_is_told_of(string format)
    {
        string path = EmbeddingFiles.Write(_folder, "rows", format, SampleRows.Create(500));

        Exception grown = Assert.Throws<Exception>(() => Read(path, () => File.AppendAllText(path, "row 500,1,2,3,4,0.")));
        Assert.AreEqual($"'{path}' was changed while it was read; start again when nothing writes to it.", Failure.Of(grown).Sentence);

        Exception cut = Assert.Throws<Exception>(() => Read(path, () => File.WriteAllText(path, "cut short")));
        Assert.Contains(path, Failure.Of(cut).Sentence);
        Assert.AreEqual(ExitCode.Input, Failure.Of(cut).Code);
    }

    [TestMethod]
    [DataRow("csv")]
    [DataRow("npy")]
    [DataRow("parquet")]
    [DataRow("idv")]
    public void A_file_that_vanishes_is_read_or_told_of(string format)
    {
        string path = EmbeddingFiles.Write(_folder, "rows", format, SampleRows.Create(500));
        try
        {
            Assert.AreEqual(500, Read(path, () => File.Delete(path)));
        }
        catch (Exception e) when (e is not AssertFailedException)
        {
            Assert.AreEqual(ExitCode.Input, Failure.Of(e).Code);
            Assert.Contains(path, Failure.Of(e).Sentence);
        }
    }

    [TestMethod]
    public void Images_that_vanish_are_named()
    {
        // Of a folder that is listed before its images are opened; a link to nothing is there and cannot be opened.
        string images = SampleData.Unpack("test", 20, _folder);
        string lost = Directory.GetFiles(images).Order(StringComparer.Ordinal).ElementAt(7);
        File.Delete(lost);
        File.CreateSymbolicLink(lost, "nothing.jpg");

        DimeProcess.Run("fit", "--images", images, "--onnx", SampleData.Network, "--output", _folder["m.zip"]).Fails(ExitCode.Input, lost);
        Assert.DoesNotContain("m.zip", string.Join(' ', _folder.Names));
    }

    [TestMethod]
    [DataRow("fit", "m.zip")]
    [DataRow("accumulate", "p.sums")]
    public void Too_little_memory_is_told_of(string command, string output)
    {
        const int Rows = 2000, Dimension = 3000;
        EmbeddingFiles.WriteNpy(_folder["wide.npy"], "<f4", Rows, new float[Rows * Dimension]);
        using Process process = Process.Start(new ProcessStartInfo(DimeProcess.Host, ["exec", DimeProcess.Program, command, "--embeddings", _folder["wide.npy"], "--output", _folder[output]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_GCHeapHardLimit"] = "0x1400000" },
        })!;
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        new DimeRun(process.ExitCode, said.Result, error).Fails(ExitCode.Input, "memory");
        Assert.AreSequenceEqual(["wide.npy"], _folder.Names);
    }

    /// <returns>The number of rows.</returns>
    private static int Read(string path, Action inTheMiddle)
    {
        using var file = new EmbeddingFile(path, new EmbeddingOptions());
        var mlContext = new MLContext();
        using RowProgress progress = new(new ToolConsole(TextWriter.Null, TextWriter.Null, isJson: false, isQuiet: true), "Reading", null, CancellationToken.None);
        IDataView view = file.ToView(mlContext, "Features", progress);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        int count = 0;
        while (cursor.MoveNext())
        {
            if (count++ == 250)
            {
                inTheMiddle();
            }
        }

        return count;
    }
}
