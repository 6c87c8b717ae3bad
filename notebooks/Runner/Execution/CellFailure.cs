using System.Diagnostics;
using System.Globalization;
using Dime.Notebooks.Documents;
using Microsoft.CodeAnalysis;

namespace Dime.Notebooks.Execution;

/// <summary>Why a cell failed, with the place: notebook, cell and line.</summary>
internal static class CellFailure
{
    /// <summary>The name under which the compiler and stack traces know a cell.</summary>
    public static string PathOf(CodeCell cell) => $"cell {cell.Number}";

    public static NotebookException At(Notebook notebook, CodeCell cell, int? line, string message, Exception? inner = null) =>
        new($"{notebook.Name}, {PathOf(cell)}{(line is null ? "" : $", line {line}")}: {message}", inner);

    public static NotebookException Refused(Notebook notebook, CodeCell cell, Diagnostic error)
    {
        FileLinePositionSpan place = error.Location.GetLineSpan();
        string message = $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";
        int line = place.StartLinePosition.Line + 1;
        return place.Path == PathOf(cell)
            ? At(notebook, cell, line, message)
            : At(notebook, cell, line: null, $"{Path.GetFileName(place.Path)}, line {line}: {message}");
    }

    public static NotebookException Thrown(Notebook notebook, CodeCell cell, Exception exception)
    {
        // The outermost frame in the cell is the statement that failed; deeper ones may be of functions declared there.
        // Debug information has the full path that the name would have in the notebook's folder.
        StackFrame? frame = new StackTrace(exception, fNeedFileInfo: true).GetFrames().LastOrDefault(
            f => Path.GetFileName(f.GetFileName()) == PathOf(cell));
        return At(notebook, cell, frame?.GetFileLineNumber(), $"{exception.GetType().Name}: {exception.Message}", exception);
    }
}
