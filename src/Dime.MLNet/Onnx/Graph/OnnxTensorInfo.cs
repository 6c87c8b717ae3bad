namespace Dime.MLNet;

/// <summary>A tensor that flows through an ONNX graph: an input of the network, or what one of its operators produces.</summary>
public sealed class OnnxTensorInfo
{
    internal OnnxTensorInfo(string name, string? operatorType, OnnxElementType? elementType, IReadOnlyList<OnnxDimension>? shape, bool isInput, bool isOutput)
    {
        Name = name;
        OperatorType = operatorType;
        ElementType = elementType;
        Shape = shape;
        IsInput = isInput;
        IsOutput = isOutput;
    }

    /// <summary>The name that tells the tensor from all others of the graph.</summary>
    public string Name { get; }

    /// <summary>The type of the operator that produces the tensor, such as "Relu"; <see langword="null"/> for an input.</summary>
    public string? OperatorType { get; }

    /// <summary>The type of the entries; <see langword="null"/> if it is unknown, or if the value is a sequence, a map or an optional.</summary>
    public OnnxElementType? ElementType { get; }

    /// <summary>
    /// The dimensions, outermost first: N×C×H×W for a feature map. <see langword="null"/> where neither the graph nor
    /// ONNX Runtime knows them; ONNX Runtime does not tell a scalar from a tensor of unknown rank.
    /// </summary>
    public IReadOnlyList<OnnxDimension>? Shape { get; }

    /// <summary>Whether the caller of the network supplies the tensor.</summary>
    public bool IsInput { get; }

    /// <summary>Whether the network hands the tensor out.</summary>
    public bool IsOutput { get; }

    /// <returns>Name, operator, element type and shape, as in "/l2/Relu_output_0: Relu, Float [N, 32, 16, 16]".</returns>
    public override string ToString()
    {
        string shape = Shape is null ? "of unknown shape" : $"[{string.Join(", ", Shape)}]";
        return $"{Name}: {OperatorType ?? "input"}, {ElementType?.ToString() ?? "not a tensor or of unknown type"} {shape}";
    }
}
