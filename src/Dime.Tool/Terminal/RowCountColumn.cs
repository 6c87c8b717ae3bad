using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dime.Tool.Terminal;

/// <summary>Rows and rows per second, in a progress bar.</summary>
internal sealed class RowCountColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(string.Create(
        CultureInfo.InvariantCulture,
        $"{task.Value:N0} rows, {task.Speed ?? 0:N0}/s"));
}
