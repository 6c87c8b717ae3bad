namespace Dime.MLNet.Onnx.Features;

/// <summary>A tensor that enters or leaves a feature network: a batch of rows, all of one shape.</summary>
/// <param name="Name">The name in the network.</param>
/// <param name="ElementType">The type of its entries.</param>
/// <param name="Batch">The number of rows that it always has, or null where the batch is dynamic.</param>
/// <param name="RowShape">The dimensions of a row: what follows the batch.</param>
internal sealed record FeatureTensor(string Name, OnnxElementType ElementType, long? Batch, IReadOnlyList<int> RowShape)
{
    /// <summary>The number of entries of a row.</summary>
    public int RowSize { get; } = RowShape.Aggregate(1, (product, length) => product * length);

    /// <summary>How a row becomes an embedding: one of two dimensions is T×C where tokens are pooled, else C×T.</summary>
    public EmbeddingPooling PoolingFor(FeatureSettings settings) => (RowShape.Count, settings.TokenPooling) switch
    {
        (2, TokenPooling.Mean) => EmbeddingPooling.MeanToken,
        (2, TokenPooling.First) => EmbeddingPooling.FirstToken,
        (2 or 3, _) when settings.PoolFeatureMaps => EmbeddingPooling.Positions,
        _ => EmbeddingPooling.None,
    };

    /// <exception cref="ArgumentException">The type is unknown, or a size other than the batch's is not fixed.</exception>
    public static FeatureTensor Of(OnnxTensorInfo tensor, string? parameterName)
    {
        IReadOnlyList<OnnxDimension> shape = tensor.Shape ?? [];
        if (tensor.ElementType is not { } elementType || shape.Count == 0 || shape.Skip(1).Any(length => length.Size is not > 0) || shape[0].Size == 0)
        {
            throw new ArgumentException(
                $"'{tensor.Name}' is of shape [{string.Join(", ", shape)}]; wanted is a batch of rows, with all sizes but the batch's fixed in the graph.",
                parameterName);
        }

        if (shape.Skip(1).Aggregate(1.0, (product, length) => product * length.Size!.Value) > Array.MaxLength)
        {
            throw new ArgumentException($"A row of '{tensor.Name}' is of shape [{string.Join(", ", shape.Skip(1))}], which is too large.", parameterName);
        }

        return new FeatureTensor(tensor.Name, elementType, shape[0].Size, [.. shape.Skip(1).Select(length => (int)length.Size!.Value)]);
    }

    /// <summary>The dimensions of a batch of rows.</summary>
    public long[] ShapeOf(int rows) => [rows, .. RowShape.Select(length => (long)length)];

    /// <returns>As in "'image' (3×32×32 of Float)".</returns>
    public override string ToString() => $"'{Name}' ({(RowShape.Count > 0 ? string.Join('×', RowShape) : "1")} of {ElementType})";
}

/// <summary>A column and the tensor that it feeds or takes, the latter as an embedding where it is pooled.</summary>
internal sealed record FeatureTensorColumn(string Column, FeatureTensor Tensor, EmbeddingPooling Pooling = EmbeddingPooling.None, bool Flatten = false);
