using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>Embeddings from a file, or from standard input.</summary>
internal sealed class EmbeddingFile : IRowSource
{
    /// <summary>What stands for standard input, which holds text separated by commas.</summary>
    public const string StandardInput = "-";

    private readonly IEmbeddingReader _reader;

    /// <exception cref="InputException">There is no such file, or it cannot be read as embeddings.</exception>
    public EmbeddingFile(string path, EmbeddingOptions options)
    {
        Name = path;
        _reader = Open(path, options);
    }

    public string Name { get; }

    public long? RowCount => _reader.RowCount;

    public IDataView ToView(MLContext mlContext, string columnName, RowProgress progress)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(EmbeddingRow));
        schema[nameof(EmbeddingRow.Id)].ColumnName = RowColumns.Id;
        schema[nameof(EmbeddingRow.Features)].ColumnName = columnName;
        schema[nameof(EmbeddingRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _reader.Dimension);
        return mlContext.Data.LoadFromEnumerable(Rows(progress), schema);
    }

    public void Dispose() => _reader.Dispose();

    private static IEmbeddingReader Open(string path, EmbeddingOptions options)
    {
        if (path == StandardInput)
        {
            // Not Console.In, which takes a byte order mark for text.
            return new CsvEmbeddings(new StreamReader(Console.OpenStandardInput()), "standard input", options with { Delimiter = options.Delimiter ?? "," });
        }

        if (!File.Exists(path))
        {
            throw new InputException($"There is no file '{path}'; name a file of embeddings (.csv, .tsv, .parquet, .npy or .idv).");
        }

        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" or ".TXT" => new CsvEmbeddings(File.OpenText(path), path, options with { Delimiter = options.Delimiter ?? "," }),
            ".TSV" => new CsvEmbeddings(File.OpenText(path), path, options with { Delimiter = options.Delimiter ?? "\t" }),
            ".NPY" => new NpyEmbeddings(path),
            ".PARQUET" => new ParquetEmbeddings(path, options),
            ".IDV" => new BinaryViewEmbeddings(path, options),
            var other => throw new InputException($"'{path}': files named {(other.Length == 0 ? "without an ending" : other.ToLowerInvariant())} are not known; give .csv, .tsv, .parquet, .npy or .idv."),
        };
    }

    private IEnumerable<EmbeddingRow> Rows(RowProgress progress)
    {
        foreach (EmbeddingRow row in _reader.Read())
        {
            progress.RowRead();
            yield return row;
        }
    }
}

/// <summary>How a file of embeddings is read.</summary>
/// <param name="Columns">The columns of the values, or ranges of columns <c>first..last</c>; null for all numeric ones.</param>
/// <param name="IdColumn">The column that tells rows apart; null for the first text column, or the row's number.</param>
/// <param name="Delimiter">What separates cells of text; null to go by the name of the file.</param>
/// <param name="HasHeader">Whether text begins with the columns' names; null to see for oneself.</param>
internal sealed record EmbeddingOptions(
    IReadOnlyList<string>? Columns = null,
    string? IdColumn = null,
    string? Delimiter = null,
    bool? HasHeader = null);
