using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Terminal;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.Tool.Tests.Terminal;

[TestClass]
public sealed class LibraryErrorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _mlContext = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void What_the_library_refuses_is_wrong_input()
    {
        Exception exception = Assert.ThrowsExactly<InputException>(() => LibraryErrors.AsInput(() => ModelledEmbedding.Fit([1, 2, 3, 4], 2, rank: 3)));

        Assert.AreEqual(3, Failure.Of(exception).Code);
        Assert.Contains("The rank must be", Failure.Of(exception).Sentence);
    }

    [TestMethod]
    public void A_wrong_row_that_the_library_reads_keeps_its_message()
    {
        // Beyond the lines that are looked at before the library reads.
        string rows = "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 200)) + "1,x\n";
        InputException exception = Assert.ThrowsExactly<InputException>(() => Fit(_folder.Write("rows.csv", rows), times: 1));

        Assert.StartsWith($"'{_folder["rows.csv"]}', line 202, column 'b'", exception.Message);
    }

    [TestMethod]
    public void A_mistake_of_the_tool_in_the_midst_of_a_call_is_no_wrong_input()
    {
        // Text is read once; whoever reads it twice has made a mistake.
        Exception exception = Assert.Throws<InvalidOperationException>(() => Fit(_folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(50))), times: 2));

        var failure = Failure.Of(exception);
        Assert.AreEqual(1, failure.Code);
        Assert.Contains("can be read once only", failure.Sentence);
        Assert.Contains("please report it", failure.Sentence);
    }

    [TestMethod]
    public void A_file_that_the_system_refuses_is_wrong_input()
    {
        Exception exception = Assert.ThrowsExactly<FileNotFoundException>(() => LibraryErrors.AsInput(() => File.OpenRead(_folder["none"])));

        Assert.AreEqual(3, Failure.Of(exception).Code);
    }

    private void Fit(string file, int times)
    {
        using var progress = new RowProgress(new ToolConsole(TextWriter.Null, TextWriter.Null, isJson: false, isQuiet: true), "", null, CancellationToken.None);
        using var rows = new EmbeddingFile(file, new EmbeddingOptions());
        IDataView view = rows.ToView(_mlContext, "Features", progress);
        for (int i = 0; i < times; i++)
        {
            LibraryErrors.AsInput(() => _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Calibration = Calibration.None }).Fit(view));
        }
    }
}
