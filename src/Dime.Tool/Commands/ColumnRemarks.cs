using Dime.Tool.Inputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary>Remarks on what was taken from files of embeddings.</summary>
internal static class ColumnRemarks
{
    /// <param name="console">Where it is said.</param>
    /// <param name="files">What was taken from each file; null for images.</param>
    public static void RemarkOn(this ToolConsole console, params TakenColumns?[] files)
    {
        foreach (TakenColumns taken in files.OfType<TakenColumns>())
        {
            console.Remark(taken.Sentence);
        }
    }
}
