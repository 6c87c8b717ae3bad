using Dime.Server.Scoring;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>Embeddings from a file, or from standard input.</summary>
internal sealed class EmbeddingFile : IRowSource
{
    /// <summary>What stands for standard input, which holds text separated by commas.</summary>
    public const string StandardInput = "-";

    private const string Comma = ",";
    private const string Tab = "\t";

    private readonly IEmbeddingReader _reader;
    private readonly FileStamp? _stamp;

    /// <param name="path">The file, or <see cref="StandardInput"/>.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="model">What the model takes; null where one is to be fitted.</param>
    /// <exception cref="InputException">There is no such file, it cannot be read as embeddings, or they are not what the model takes.</exception>
    public EmbeddingFile(string path, EmbeddingOptions options, ColumnLayout? model = null)
    {
        Name = path;

        // What has no length is a pipe, and changes as it is read.
        _stamp = path != StandardInput && FileStamp.Of(path) is { Length: > 0 } stamp ? stamp : null;
        _reader = Open(path, options, model);
        if (model is not null && Layout.Dimension != model.Dimension)
        {
            Dispose();
            throw new InputException($"'{path}' has embeddings of {Layout.Dimension} values, and the model takes {model.Dimension}; give embeddings of the layer that it was fitted to.");
        }
    }

    public string Name { get; }

    public ColumnLayout Layout => _reader.Layout;

    public TakenColumns Columns => _reader.Columns;

    public long? RowCount => _reader.RowCount;

    public IDataView ToView(MLContext mlContext, string columnName, RowProgress progress, string? classColumnName = null)
    {
        var schema = SchemaDefinition.Create(typeof(EmbeddingRow));
        schema[nameof(EmbeddingRow.Id)].ColumnName = RowColumns.Id;

        schema.NameOrRemove(nameof(EmbeddingRow.Class), classColumnName);

        // The definition finds columns by the names that they have now.
        SchemaDefinition.Column features = schema[nameof(EmbeddingRow.Features)];
        features.ColumnName = columnName;
        Layout.Describe(features);
        return mlContext.Data.LoadFromEnumerable(Rows(progress), schema);
    }

    // A file that was removed is read to its end, if it is open.
    private bool IsChanged => _stamp is not null && FileStamp.Of(Name) is { } now && now != _stamp;

    private string Changed => $"'{Name}' was changed while it was read; start again when nothing writes to it.";

    public void Dispose() => _reader.Dispose();

    private static IEmbeddingReader Open(string path, EmbeddingOptions options, ColumnLayout? model)
    {
        if (path == StandardInput)
        {
            // Not Console.In, which takes a byte order mark for text.
            return new CsvEmbeddings(new StreamReader(Console.OpenStandardInput()), "standard input", Comma, options, model);
        }

        if (!File.Exists(path))
        {
            throw new InputException($"There is no file '{path}'; name a file of embeddings (.csv, .tsv, .parquet, .npy or .idv).");
        }

        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" or ".TXT" => new CsvEmbeddings(File.OpenText(path), path, Comma, options, model),
            ".TSV" => new CsvEmbeddings(File.OpenText(path), path, Tab, options, model),
            ".NPY" => new NpyEmbeddings(path, model),
            ".PARQUET" => new ParquetEmbeddings(path, options, model),
            ".IDV" => new BinaryViewEmbeddings(path, options, model),
            var other => throw new InputException($"'{path}': files named {(other.Length == 0 ? "without an ending" : other.ToLowerInvariant())} are not known; give .csv, .tsv, .parquet, .npy or .idv."),
        };
    }

    private IEnumerable<EmbeddingRow> Rows(RowProgress progress)
    {
        using IEnumerator<EmbeddingRow> rows = _reader.Read().GetEnumerator();
        while (MoveNext(rows))
        {
            progress.RowRead();
            yield return rows.Current;
        }

        if (IsChanged)
        {
            // Its last line may have been half a line, and its last number half a number.
            throw new InputException(Changed);
        }
    }

    private bool MoveNext(IEnumerator<EmbeddingRow> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (Exception e) when (IsChanged && !Cause.IsOfMemory(e))
        {
            throw new InputException(Changed, e);
        }
    }
}
