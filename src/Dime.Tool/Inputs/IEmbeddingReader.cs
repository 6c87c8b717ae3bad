namespace Dime.Tool.Inputs;

/// <summary>A file of embeddings, opened: its layout is known, its rows are read one by one.</summary>
internal interface IEmbeddingReader : IDisposable
{
    /// <summary>What a row holds.</summary>
    ColumnLayout Layout { get; }

    /// <summary>What was taken from the file.</summary>
    TakenColumns Columns { get; }

    /// <summary>The number of rows; null where only reading them tells.</summary>
    long? RowCount { get; }

    /// <summary>The rows, in the file's order.</summary>
    /// <exception cref="InputException">A row cannot be used; the message names it.</exception>
    IEnumerable<EmbeddingRow> Read();
}

/// <summary>A row of embeddings.</summary>
internal sealed class EmbeddingRow
{
    /// <summary>The row's id, or its number counted from 0.</summary>
    public string Id { get; set; } = "";

    /// <summary>The row's class; empty where it is missing, or no column of classes was named.</summary>
    public string Class { get; set; } = "";

    /// <summary>The embedding; NaN where a value is missing.</summary>
    public float[] Features { get; set; } = [];
}
