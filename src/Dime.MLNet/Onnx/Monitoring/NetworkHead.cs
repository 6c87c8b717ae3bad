using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>The last layer before an output of a network.</summary>
/// <param name="Output">The output.</param>
/// <param name="Layer">The product or convolution with weights.</param>
/// <param name="Input">What the layer is applied to.</param>
/// <param name="Logits">What it gives, before any softmax; null where that is a single value, or none for a whole row.</param>
/// <param name="Probabilities">The operator that makes probabilities or a class of the logits; null where none does.</param>
internal sealed record NetworkHead(string Output, NodeProto Layer, string Input, EmbeddingTensor? Logits, string? Probabilities)
{
    private static readonly string[] _classNames = ["logit", "prob", "class", "label", "softmax", "score"];

    /// <summary>How sure it is that the output tells classes: 0 where it has no logits.</summary>
    public int Evidence => (Logits, Probabilities) switch
    {
        (null, _) => 0,
        (_, not null) => 3,
        _ when IsNamedAfterClasses(Output) || IsNamedAfterClasses(Logits.Name) => 2,
        _ => 1,
    };

    /// <summary>Whether a name says that a tensor tells classes.</summary>
    public static bool IsNamedAfterClasses(string name) => _classNames.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
