namespace Dime.MLNet.Tests.Golden;

/// <summary>
/// What a version wrote gives the same numbers in every later one. A version that changes a format adds a folder to those
/// that stay: <c>DIME_WRITE_GOLDEN=$PWD/test/Dime.MLNet.Tests/Golden/v&lt;version&gt; dotnet run --project test/Dime.MLNet.Tests
/// -- --filter Name~What_is_written_now</c> keeps there what the test writes.
/// </summary>
[TestClass]
public sealed class GoldenTests
{
    private const string FolderVariable = "DIME_WRITE_GOLDEN";

    public static IEnumerable<(string Version, string File)> CommittedFiles =>
        from folder in GoldenFolder.Committed
        from file in folder.Files
        select (Path.GetFileName(folder.Path), Path.GetFileName(file));

    [TestMethod]
    [DynamicData(nameof(CommittedFiles))]
    public void Committed_file_gives_the_same_numbers(string version, string file)
    {
        GoldenFolder folder = GoldenFolder.Committed.Single(folder => Path.GetFileName(folder.Path) == version);

        GoldenAssert.GivesTheSame(folder, folder[file]);
    }

    [TestMethod]
    public void Every_kind_of_file_of_the_first_version_is_there()
    {
        string[] files =
        [
            "accumulator.sums", "detector.onnx", "fused.onnx",
            "pipeline-embeddings.zip", "pipeline-images.zip", "pipeline-pooling.zip", "pipeline-uncalibrated.zip",
        ];

        CollectionAssert.AreEquivalent(files, CommittedFiles.Where(file => file.Version == "v0.1.0").Select(file => file.File).ToArray());
    }

    [TestMethod]
    public void What_is_written_now_gives_the_same_numbers_too()
    {
        string? kept = Environment.GetEnvironmentVariable(FolderVariable);
        string path = string.IsNullOrEmpty(kept) ? Directory.CreateTempSubdirectory("dime-").FullName : kept;
        try
        {
            var folder = new GoldenFolder(path);
            new GoldenWriter(folder).Write();

            Assert.IsNotEmpty(folder.Files);
            foreach (string file in folder.Files)
            {
                GoldenAssert.GivesTheSame(folder, file);
            }
        }
        finally
        {
            if (string.IsNullOrEmpty(kept))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }
}
