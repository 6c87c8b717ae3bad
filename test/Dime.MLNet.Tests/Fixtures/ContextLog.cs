using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What the library, and not ML.NET itself, tells the log of a context.</summary>
internal sealed class ContextLog
{
    private readonly List<(ChannelMessageKind Kind, string Message)> _messages = [];

    public ContextLog(MLContext mlContext) => mlContext.Log += (_, e) =>
    {
        if (e.Source.Contains("Dime", StringComparison.Ordinal))
        {
            _messages.Add((e.Kind, e.RawMessage));
        }
    };

    public IReadOnlyList<string> Warnings => Of(ChannelMessageKind.Warning);

    public IReadOnlyList<string> Infos => Of(ChannelMessageKind.Info);

    private List<string> Of(ChannelMessageKind kind) => [.. _messages.Where(m => m.Kind == kind).Select(m => m.Message)];
}
