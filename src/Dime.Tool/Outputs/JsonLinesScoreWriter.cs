using System.Text.Json;
using Dime.Server.Models;
using Dime.Tool.Terminal;

namespace Dime.Tool.Outputs;

/// <summary>Scores as JSON objects, one a line. JSON has no infinity: it is written as the text "Infinity".</summary>
internal sealed class JsonLinesScoreWriter(Stream stream) : IScoreWriter
{
    private readonly StreamWriter _text = new(stream, leaveOpen: true);

    public void Write(RowScore score)
    {
        _text.Write(JsonSerializer.Serialize(score, JsonFormat.Line));
        _text.Write('\n');
    }

    public void Complete() => _text.Flush();

    public void Dispose() => _text.Dispose();
}
