using System.Globalization;
using Dime.Tool.Terminal;

namespace Dime.Cluster.Tool.Shards;

/// <summary>Tells what happens in a run, a line for each thing.</summary>
internal sealed class ShardRunProgress(ToolConsole console) : IProgress<ShardProgress>
{
    public void Report(ShardProgress value) => console.Remark(
        value.Kind == ShardProgressKind.Remark ? value.Text : string.Create(CultureInfo.InvariantCulture, $"{value.Done}/{value.Total} {value.Text}"));
}
