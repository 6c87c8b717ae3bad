using Dime.Notebooks.Documents;

namespace Dime.Notebooks;

/// <summary>Whether a notebook in the repository shows what a run of it puts out.</summary>
/// <remarks>Kinds of outputs are compared, not their content: the last digits of figures differ between processors.</remarks>
internal static class OutputCheck
{
    /// <exception cref="NotebookException">A cell was not run, or has other outputs.</exception>
    public static void Compare(Notebook notebook, IReadOnlyList<IReadOnlyList<CellOutput>> outputs)
    {
        foreach ((CodeCell cell, IReadOnlyList<CellOutput> expected) in notebook.CodeCells.Zip(outputs))
        {
            string[] kinds = [.. expected.Select(output => output.Kind)];
            if (cell.ExecutionCount != cell.Number || !cell.OutputKinds.SequenceEqual(kinds))
            {
                throw new NotebookException(
                    $"{notebook.Name}, cell {cell.Number}: the file has {List(cell.OutputKinds)} with the number {cell.ExecutionCount?.ToString() ?? "null"}, "
                    + $"a run {List(kinds)} with the number {cell.Number}. Run without --check, and commit the notebook.");
            }
        }
    }

    private static string List(IReadOnlyList<string> kinds) => kinds.Count == 0 ? "no output" : string.Join(", ", kinds);
}
