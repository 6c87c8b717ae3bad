namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What a new process found with a saved model: lines that start with what they are about.</summary>
internal sealed class NewProcessReport(string[] lines)
{
    /// <summary>The full names of the types in the chain.</summary>
    public string[] Parts => Read("part");

    /// <summary>Name and type of the columns of the model's input schema.</summary>
    public string[] InputSchema => Read("input");

    /// <summary>The bits of a column, scored as a data view.</summary>
    public string[] Batch(string columnName) => Read($"batch {columnName}");

    /// <summary>The bits of the distance, scored row by row.</summary>
    public string[] Engine => Read("engine DimeDistance");

    private string[] Read(string start) =>
        [.. lines.Where(line => line.StartsWith(start + " ", StringComparison.Ordinal)).Select(line => line[(start.Length + 1)..])];
}
