using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using Dime.MLNet.Tests.Onnx;

namespace Dime.Fuzz.Targets;

/// <summary>Networks: what is read of their graphs, by us and, where shapes are missing, by ONNX Runtime, which is native and tells no coverage.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    public override string Name => "onnx";

    public override bool Allows(Exception exception) => exception is InvalidDataException or NotSupportedException or InvalidOperationException { InnerException: null };

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        var graph = OnnxGraph.Load(stream);
        _ = graph.Inputs.Count + graph.Tensors.Count + graph.Outputs.Count;
        graph.SuggestMonitoring();
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        new Seed("tiny.onnx", SeedNetworks.Bytes(TinyNetwork.Create())),
        new Seed("maps.onnx", SeedNetworks.Bytes(SeedNetworks.Maps())),
        new Seed("nested.onnx", SeedNetworks.Bytes(SeedNetworks.Nested())),
        new Seed("fused.onnx", SeedNetworks.Fused()),
    ];
}
