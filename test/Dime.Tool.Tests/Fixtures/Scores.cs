using System.Globalization;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Scores that were written as CSV.</summary>
internal sealed record Scores(string[] Columns, string[][] Rows)
{
    public static Scores Parse(string csv)
    {
        string[][] lines = [.. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(','))];
        return new Scores(lines[0], lines[1..]);
    }

    public string[] Texts(string column) => [.. Rows.Select(row => row[Array.IndexOf(Columns, column)])];

    public float[] Numbers(string column) => [.. Texts(column).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
}
