using System.Text;
using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;

namespace Dime.Fuzz.Targets;

/// <summary>
/// Detectors in networks. An input that begins with a brace is the description of a detector, and is put into a network that has all the weights
/// of one; else changes would not get past the lengths around it.
/// </summary>
internal sealed class DetectorTarget : FuzzTarget
{
    private readonly ModelProto _embedding = ModelProto.Parser.ParseFrom(Embedding());
    private readonly ModelProto _ensemble = ModelProto.Parser.ParseFrom(Ensemble());

    public override string Name => "detector";

    public override bool Allows(Exception exception) => exception is InvalidDataException or NotSupportedException;

    public override IEnumerable<byte[]> FormsOf(byte[] input) => input is [(byte)'{', ..] ? [With(_embedding, input), With(_ensemble, input)] : [input];

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        var graph = OnnxGraph.Load(stream);
        foreach (OnnxDetectorInfo detector in graph.Detectors)
        {
            if (detector.IsEnsemble)
            {
                ModelTarget.Use(graph.ToEnsemble(detector.Name));
            }
            else
            {
                ModelTarget.Use(graph.ToModelledEmbedding(detector.Name));
            }
        }
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        new Seed("embedding.onnx", Embedding()),
        new Seed("ensemble.onnx", Ensemble()),
        new Seed("fused.onnx", SeedNetworks.Fused()),
        new Seed("embedding.json", DescriptionOf(_embedding)),
        new Seed("ensemble.json", DescriptionOf(_ensemble)),
    ];

    private static byte[] Embedding() => SeedNetworks.Bytes(SeedModels.Embedding().ToOnnx(includeWithin: true));

    private static byte[] Ensemble() => SeedNetworks.Bytes(SeedModels.Ensemble().ToOnnx());

    private static byte[] DescriptionOf(ModelProto model) => Encoding.UTF8.GetBytes(model.MetadataProps[0].Value);

    private static byte[] With(ModelProto model, byte[] description)
    {
        ModelProto copy = model.Clone();
        copy.MetadataProps[0].Value = Encoding.UTF8.GetString(description);
        return copy.ToByteArray();
    }
}
