namespace Dime.Tool.Tests.Fixtures;

/// <summary>A calibrated model of embeddings, fitted by the tool once for the tests of a class.</summary>
internal sealed class ClassModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ClassModel()
    {
        Train = SampleRows.Create(1000);
        string train = _folder.Write("train.csv", SampleRows.ToCsv(Train));
        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--output", Path).Succeeds();
    }

    public float[][] Train { get; }

    public string Path => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();
}
