using System.Net;
using System.Text.Json;

namespace Dime.Server.Tests.Fixtures;

/// <summary>Reads answers.</summary>
internal static class Answers
{
    public static JsonElement[] Rows(this JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray()];

    // The only text in the place of a number is "Infinity".
    public static float Number(this JsonElement row, string name) =>
        row.GetProperty(name) is { ValueKind: JsonValueKind.String } ? float.PositiveInfinity : row.GetProperty(name).GetSingle();

    /// <summary>The sentence of problem details (RFC 9457) that tell nothing of the server.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(status, response.StatusCode, text);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.AreEqual((int)status, problem.GetProperty("status").GetInt32());
        Assert.IsFalse(text.Contains("   at ", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal), text);
        Assert.DoesNotContain(Path.GetTempPath().TrimEnd('/'), text);
        Assert.DoesNotContain(AppContext.BaseDirectory, text);
        return problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "";
    }
}
