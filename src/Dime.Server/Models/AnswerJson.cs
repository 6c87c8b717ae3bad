using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dime.Server.Models;

/// <summary>JSON as all answers have it, whatever the application has set for its own: camel case, infinities by name, nulls left out.</summary>
internal static class AnswerJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
