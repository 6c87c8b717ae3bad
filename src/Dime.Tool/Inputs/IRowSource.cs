using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Inputs;

/// <summary>The rows of one input: images of a folder, or embeddings of a file.</summary>
internal interface IRowSource : IDisposable
{
    /// <summary>The input as the user named it.</summary>
    string Name { get; }

    /// <summary>The number of rows; null where only reading them tells.</summary>
    long? RowCount { get; }

    /// <summary>What was taken from a file of embeddings; null for images.</summary>
    TakenColumns? Columns => null;

    /// <summary>What an embedding of a file holds; null for images.</summary>
    ColumnLayout? Layout => null;

    /// <summary>The rows as a data view that reads them when it is read, one by one.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="columnName">The name of the column that a pipeline reads; the column <see cref="RowColumns.Id"/> stands beside it.</param>
    /// <param name="progress">Hears of each row, and may stop the reading.</param>
    /// <param name="classColumnName">The name of a third column, of the rows' classes as text; null for none.</param>
    IDataView ToView(MLContext mlContext, string columnName, RowProgress progress, string? classColumnName = null);
}

/// <summary>Names of columns that are the tool's own; a user's pipeline has none like them.</summary>
internal static class RowColumns
{
    /// <summary>What tells a row from the others: the path of an image, a row's id, or its number.</summary>
    public const string Id = "dime.id";

    /// <summary>The class of a row, where the user has no name for it.</summary>
    public const string Class = "dime.class";
}
