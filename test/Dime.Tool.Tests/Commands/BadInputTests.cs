using System.Text;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class BadInputTests : IDisposable
{
    private static ClassModel _model = null!;

    private readonly TemporaryFolder _folder = new();

    [ClassInitialize]
    public static void Fit(TestContext _) => _model = new ClassModel();

    [ClassCleanup]
    public static void CleanUp() => _model.Dispose();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("a,b\n1,2\n1,x\n", "line 3", "'b'", "'x'")]
    [DataRow("a,b\n1,2\n1,2,3\n", "line 3", "3 cells instead of 2")]
    [DataRow("", "is empty")]
    [DataRow("a,b\n", "number")]
    [DataRow("a,b\nx,y\nz,w\n", "no column of numbers")]
    public void Text_that_is_no_embedding_is_refused_by_line_and_column(string text, params string[] words)
    {
        string file = _folder.Write("rows.csv", text);

        DimeProcess.Run("fit", "--embeddings", file, "--output", _folder["m.zip"]).Fails(3, [file, .. words]);

        Assert.AreSequenceEqual(["rows.csv"], _folder.Names);
    }

    [TestMethod]
    public void A_failed_fit_leaves_the_model_that_was_there()
    {
        string file = _folder.Write("rows.csv", "a,b\n1,2\n1,x\n");
        string model = _folder.Write("m.zip", "as it was");

        DimeProcess.Run("fit", "--embeddings", file, "--output", model).Fails(3);

        Assert.AreEqual("as it was", File.ReadAllText(model));
        Assert.AreSequenceEqual(["m.zip", "rows.csv"], _folder.Names);
    }

    [TestMethod]
    public void Scores_that_break_off_leave_no_file()
    {
        // Beyond the lines that are looked at before the first is scored.
        string file = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(300)) + "row,1,2,3,4,x\n");

        foreach (string name in (string[])["s.csv", "s.jsonl", "s.parquet"])
        {
            DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file, "--output", _folder[name]).Fails(3, "line 302", "'x'");
        }

        Assert.AreSequenceEqual(["rows.csv"], _folder.Names);
    }

    [TestMethod]
    public void Files_that_are_not_there_are_named()
    {
        DimeProcess.Run("fit", "--embeddings", "none.csv", "--output", _folder["m.zip"]).Fails(3, "none.csv");
        DimeProcess.Run("fit", "--images", "none", "--onnx", SampleData.Network, "--output", _folder["m.zip"]).Fails(3, "none", "folder");
        DimeProcess.Run("fit", "--images", _folder.Path, "--onnx", "none.onnx", "--output", _folder["m.zip"]).Fails(3, "none.onnx");
        DimeProcess.Run("fit", "--images", _folder.Path, "--onnx", SampleData.Network, "--output", _folder["m.zip"]).Fails(3, "no images");
        DimeProcess.Run("score", "--model", "none.zip", "--embeddings", "rows.csv").Fails(3, "none.zip", "dime fit");
        DimeProcess.Run("layers", "none.onnx").Fails(3, "none.onnx");
        DimeProcess.Run("fit", "--images", _folder.Path, "--onnx", SampleData.Network, "--layer", "nope", "--output", _folder["m.zip"]).Fails(3, "'nope'", "dime layers", "--layer");
        DimeProcess.Run("export", "--model", _model.Path, "--output", _folder["none/x.onnx"]).Fails(3, "folder");
    }

    [TestMethod]
    public void Flags_need_a_calibrated_model()
    {
        string file = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(50)));
        DimeProcess.Run("fit", "--embeddings", file, "--no-calibration", "--output", _folder["m.zip"]).Succeeds();

        DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", file, "--fail-over", "5%").Fails(3, "calibration");
    }

    [TestMethod]
    public void Zips_of_another_kind_are_no_models()
    {
        string images = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-sample.zip");

        DimeProcess.Run("score", "--model", images, "--embeddings", _folder.Write("rows.csv", "1,2")).Fails(3, images, "not a model", "dime fit");
    }

    [TestMethod]
    public void Too_few_rows_to_share_out_are_told_in_words_that_all_users_know()
    {
        string rows = _folder.Write("rows.csv", "f0,f1\n1.5,2\n");

        DimeRun run = DimeProcess.Run("fit", "--embeddings", rows, "--output", _folder["m.zip"]);

        run.Fails(3, "too few rows", "Give more rows");
        Assert.DoesNotContain("Calibration.", run.Error);
    }

    [TestMethod]
    public void Files_of_another_kind_are_refused()
    {
        string text = _folder.Write("text.bin", "not what it should be");
        string npy = _folder.Write("text.npy", "not what it should be");
        string parquet = _folder.Write("text.parquet", "not what it should be");
        string idv = _folder.Write("text.idv", "not what it should be");

        DimeProcess.Run("score", "--model", text, "--embeddings", npy).Fails(3, text);
        DimeProcess.Run("layers", text).Fails(3, "ONNX");
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", npy).Fails(3, npy, "numpy.save");
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", parquet).Fails(3, parquet);
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", idv).Fails(3, idv, "SaveAsBinary");
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", text).Fails(3, text, ".parquet");
        DimeProcess.Run("score", "--model", _model.Path, "--images", _folder.Path).Fails(3, "embeddings");
    }

    [TestMethod]
    public void Embeddings_of_another_length_are_refused()
    {
        string file = _folder.Write("rows.csv", "1,2\n3,4\n");
        EmbeddingFiles.WriteNpy(_folder["rows.npy"], "<f4", 2, (float[])[1, 2, 3, 4]);

        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file).Fails(3, "2 columns", "5 values");
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", _folder["rows.npy"]).Fails(3, "2 values", "takes 5");
        DimeProcess.Run("fit", "--embeddings", EmbeddingFiles.Write(_folder, "train", "npy", SampleRows.Create(20)), "--calibration", _folder["rows.npy"], "--output", _folder["m.zip"])
            .Fails(3, "2 values", "takes 5");
    }

    [TestMethod]
    public void Embeddings_that_are_too_long_to_read_are_refused_and_long_ones_need_no_more_memory_than_their_rows()
    {
        var random = new Random(1);
        EmbeddingFiles.WriteNpy(_folder["long.npy"], "<f4", 10, (float[])[.. Enumerable.Range(0, 1_000_000).Select(_ => random.NextSingle())]);
        EmbeddingFiles.WriteNpy(_folder["none.npy"], "<f4", 1, new float[1]);
        string header = File.ReadAllText(_folder["none.npy"], Encoding.Latin1).Replace("(1, 1), }         ", "(0, 2000000000), }", StringComparison.Ordinal);
        File.WriteAllText(_folder["none.npy"], header, Encoding.Latin1);

        DimeProcess.Run("fit", "--embeddings", _folder["long.npy"], "--rank", "3", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        DimeProcess.Run("fit", "--embeddings", _folder["none.npy"], "--output", _folder["m.zip"]).Fails(3, "2000000000 values");
    }

    [TestMethod]
    [DataRow("parquet")]
    [DataRow("parquet of lists")]
    [DataRow("idv")]
    public void A_file_that_is_damaged_is_named(string format)
    {
        string file = EmbeddingFiles.Write(_folder, "rows", format, SampleRows.Create(2000));
        byte[] bytes = File.ReadAllBytes(file);

        // The rows' own bytes; the list of columns, at the end or the beginning, stays as it was.
        Array.Fill(bytes, (byte)0xFF, bytes.Length / 4, bytes.Length / 2);
        File.WriteAllBytes(file, bytes);

        DimeProcess.Run("fit", "--embeddings", file, "--output", _folder["m.zip"]).Fails(3, file);
    }

    [TestMethod]
    public void Scores_that_fail_leave_standard_output_empty()
    {
        string file = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(1)) + "row,1,2,3,4,x\n");

        DimeRun run = DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file);

        run.Fails(3, "line 3", "'x'");
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public void A_place_that_cannot_be_written_is_said_before_the_work()
    {
        string file = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(3)));
        string longName = _folder[new string('x', 300) + ".csv"];

        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file, "--output", longName).Fails(3, "cannot be written", "another place");
        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file, "--output", _folder.Path, "--format", "csv").Fails(3, "is a folder");
    }

    [TestMethod]
    public void What_is_read_is_not_replaced()
    {
        string file = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(3)));
        string before = File.ReadAllText(file);

        DimeProcess.Run("score", "--model", _model.Path, "--embeddings", file, "--output", file).Fails(3, file, "--output");
        DimeProcess.Run("fit", "--embeddings", file, "--output", file).Fails(3, file, "--output");
        DimeProcess.Run("report", "--model", _model.Path, "--in", file, "--output", file).Fails(3, file, "--output");
        DimeProcess.Run("export", "--model", _model.Path, "--output", _model.Path).Fails(3, _model.Path, "--output");

        Assert.AreEqual(before, File.ReadAllText(file));
    }

    [TestMethod]
    public void Verbose_shows_where_an_error_arose()
    {
        DimeRun run = DimeProcess.Run("layers", "none.onnx", "--verbose");

        Assert.AreEqual(3, run.ExitCode);
        Assert.Contains("   at ", run.Error);
    }
}
