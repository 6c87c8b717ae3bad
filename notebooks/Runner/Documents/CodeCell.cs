using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>A cell of code in a notebook.</summary>
/// <param name="number">Its number among the cells of code, from 1: what stands in brackets beside it.</param>
/// <param name="cell">The cell in the notebook's JSON.</param>
internal sealed class CodeCell(int number, JsonObject cell)
{
    public int Number { get; } = number;

    public string Source { get; } = Lines.Join(cell["source"]);

    /// <summary>The outputs that stand in the file, each as its kind: what <see cref="CellOutput.Kind"/> would say of it.</summary>
    public IReadOnlyList<string> OutputKinds { get; } = [.. (cell["outputs"] as JsonArray ?? []).Select(CellOutput.KindOf)];

    /// <summary>The number that a run wrote beside the cell; null where there was none.</summary>
    public int? ExecutionCount { get; } = (int?)cell["execution_count"];

    public void Fill(int executionCount, IReadOnlyList<CellOutput> outputs)
    {
        cell["execution_count"] = executionCount;
        cell["outputs"] = new JsonArray([.. outputs.Select(output => output.ToJson(executionCount))]);
    }
}
