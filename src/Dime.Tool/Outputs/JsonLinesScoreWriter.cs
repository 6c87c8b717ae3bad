using System.Text.Json;
using Dime.Tool.Terminal;

namespace Dime.Tool.Outputs;

/// <summary>Scores as JSON objects, one a line. JSON has no infinity: it is written as the text "Infinity".</summary>
internal sealed class JsonLinesScoreWriter(TextWriter text) : IScoreWriter
{
    public void Write(RowScore score)
    {
        text.Write(JsonSerializer.Serialize(score, JsonFormat.Line));
        text.Write('\n');
    }

    public void Complete() => text.Flush();

    public void Dispose()
    {
    }
}
