namespace Dime.Tool.Tests.Fixtures;

/// <summary>Embeddings in three clusters, with the number of the cluster as their class.</summary>
internal sealed record LabelledRows(float[][] Rows, int[] Classes)
{
    public const int Dimension = 4;

    private static readonly string[] _names = ["cat", "dog", "bird"];

    public IReadOnlyList<string> Names => [.. Classes.Select(number => _names[number])];

    public static LabelledRows Create(int count, int seed = 1, float shift = 0)
    {
        var random = new Random(seed);
        int[] classes = [.. Enumerable.Range(0, count).Select(_ => random.Next(_names.Length))];
        return new LabelledRows(
            [.. classes.Select(number => Enumerable.Range(0, Dimension).Select(i => (i == number ? 4 : 1) + (shift * i) + (float)random.NextDouble()).ToArray())],
            classes);
    }

    /// <summary>A line of names, and a line for each row: an id, the values, and the class last.</summary>
    public string ToCsv(bool withClasses = true) => string.Join('\n',
    [
        $"name,f0,f1,f2,f3{(withClasses ? ",kind" : "")}",
        .. Rows.Select((row, i) => $"row {i},{string.Join(',', row.Select(SampleRows.Text))}{(withClasses ? $",{Names[i]}" : "")}"),
        "",
    ]);
}
