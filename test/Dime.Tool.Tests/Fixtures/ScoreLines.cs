using System.Text.Json;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Scores that were written as JSON lines.</summary>
internal sealed record ScoreLines(JsonElement[] Rows)
{
    /// <summary>Scores rows with a model.</summary>
    public static ScoreLines Of(string model, params string[] rows) => new(
        [.. DimeProcess.Run(["score", "--model", model, .. rows, "--json"]).Succeeds().Lines.Select(line => JsonDocument.Parse(line).RootElement)]);

    public string[] Texts(string name) => [.. Rows.Select(row => row.GetProperty(name).GetString()!)];

    // The only text in the place of a number is "Infinity".
    public float[] Numbers(string name) =>
        [.. Rows.Select(row => row.GetProperty(name).ValueKind == JsonValueKind.String ? float.PositiveInfinity : row.GetProperty(name).GetSingle())];
}
