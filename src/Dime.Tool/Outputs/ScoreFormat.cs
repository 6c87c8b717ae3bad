namespace Dime.Tool.Outputs;

/// <summary>How scores are written.</summary>
internal enum ScoreFormat
{
    /// <summary>A line for each row, separated by commas, under a line of names.</summary>
    Csv,

    /// <summary>A JSON object on a line for each row.</summary>
    Jsonl,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>Finds the format of a file, and the writer of a format.</summary>
internal static class ScoreFormats
{
    /// <exception cref="InputException">The ending of the file is not that of a format.</exception>
    public static ScoreFormat Of(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => ScoreFormat.Csv,
        ".JSONL" or ".NDJSON" => ScoreFormat.Jsonl,
        ".PARQUET" => ScoreFormat.Parquet,
        _ => throw new InputException($"'{path}': the ending does not tell a format; use .csv, .jsonl or .parquet, or name it with --format."),
    };

    /// <summary>A writer of scores to a stream, which it leaves open.</summary>
    public static IScoreWriter CreateWriter(ScoreFormat format, Stream stream, ScoreColumns columns) => format switch
    {
        ScoreFormat.Csv => new CsvScoreWriter(stream, columns),
        ScoreFormat.Jsonl => new JsonLinesScoreWriter(stream),
        _ => new ParquetScoreWriter(stream, columns),
    };
}
