using Dime.Notebooks.Display;
using Dime.Notebooks.Documents;

namespace Dime.Notebooks.Execution;

/// <summary>What cells can call without declaring it.</summary>
public sealed class NotebookGlobals
{
    private readonly CellOutputs _outputs;

    internal NotebookGlobals(CellOutputs outputs) => _outputs = outputs;

    /// <summary>Shows a value below the cell: a plot, a picture, a table of rows, or text.</summary>
    /// <param name="value">See <see cref="Formatter"/> for what is shown as what.</param>
#pragma warning disable IDE1006 // The name that C# notebooks know, lower case.
    public void display(object? value) => _outputs.Add(new ValueOutput(Formatter.Format(value), IsResult: false));
#pragma warning restore IDE1006
}
