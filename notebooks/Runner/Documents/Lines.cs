using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>Text as notebooks hold it: an array of lines, each with its line end, so that differences can be read.</summary>
internal static class Lines
{
    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        for (int start = 0, next; start < text.Length; start = next)
        {
            int end = text.IndexOf('\n', start);
            next = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..next]);
        }

        return lines;
    }

    /// <summary>The text of an array of lines, or of one string, which the format also allows.</summary>
    public static string Join(JsonNode? lines) => lines is JsonArray array ? string.Concat(array.Select(line => (string?)line)) : (string?)lines ?? "";
}
