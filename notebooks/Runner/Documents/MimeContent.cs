using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>A value written in one MIME type; bytes as base64.</summary>
internal sealed record MimeContent(string Type, string Content)
{
    public const string PlainText = "text/plain";
    public const string Html = "text/html";
    public const string Svg = "image/svg+xml";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";

    public static MimeContent OfBytes(string type, byte[] bytes) => new(type, Convert.ToBase64String(bytes));

    public JsonNode ToJson() => Type is Png or Jpeg ? JsonValue.Create(Content) : Lines.Split(Content);
}
