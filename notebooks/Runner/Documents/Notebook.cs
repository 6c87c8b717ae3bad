using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>A Jupyter notebook in C#. What the runner does not know stays in it as it was read.</summary>
internal sealed class Notebook
{
    // As Jupyter writes: one space a level, and no character escaped that need not be.
    private static readonly JsonWriterOptions _format = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _document;

    private Notebook(string path, JsonObject document, IReadOnlyList<CodeCell> codeCells)
    {
        // Absolute, as the working directory changes while notebooks run.
        Path = System.IO.Path.GetFullPath(path);
        _document = document;
        CodeCells = codeCells;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The cells to run, in their order.</summary>
    public IReadOnlyList<CodeCell> CodeCells { get; }

    /// <exception cref="NotebookException">The file is missing, no notebook, or one the runner cannot run.</exception>
    public static Notebook Load(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        try
        {
            JsonObject document = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new FormatException("the file holds no JSON object");
            return new Notebook(path, document, NotebookFormat.Read(document));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw new NotebookException($"{name} is not a notebook that can be run: {exception.Message.TrimEnd('.')}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{name} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the notebook with other outputs, beside the file first, so that the file is never half-written.</summary>
    public void Save(IReadOnlyList<IReadOnlyList<CellOutput>> outputs)
    {
        for (int i = 0; i < CodeCells.Count; i++)
        {
            CodeCells[i].Fill(executionCount: i + 1, outputs[i]);
        }

        string beside = Path + ".tmp";
        try
        {
            using (FileStream stream = File.Create(beside))
            {
                using (var writer = new Utf8JsonWriter(stream, _format))
                {
                    _document.WriteTo(writer);
                }

                stream.WriteByte((byte)'\n');
            }

            File.Move(beside, Path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
