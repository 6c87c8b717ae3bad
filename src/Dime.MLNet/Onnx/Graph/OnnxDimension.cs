namespace Dime.MLNet;

/// <summary>One dimension of an ONNX tensor: a fixed size, a named (symbolic) one such as the batch "N", or an unknown one.</summary>
/// <param name="Size">The number of entries along the dimension, or <see langword="null"/> where it is not fixed.</param>
/// <param name="Symbol">The name of a dimension whose size is only known when the network runs, or <see langword="null"/>.</param>
public readonly record struct OnnxDimension(long? Size, string? Symbol)
{
    /// <summary>Whether the size is part of the graph, and the same in every run.</summary>
    public bool IsFixed => Size.HasValue;

    /// <returns>The size, the symbol, or "?" where neither is known.</returns>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
