using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Fixes sizes of a network's input, and lets all that follow from them be inferred anew.</summary>
internal static class InputSizes
{
    /// <param name="network">The network; it is not changed.</param>
    /// <param name="inputName">The input.</param>
    /// <param name="sizes">Its sizes after the batch.</param>
    /// <exception cref="ArgumentException">There is no such input, it has another number of sizes, or one is fixed to another value.</exception>
    public static ModelProto Fix(ModelProto network, string inputName, IReadOnlyList<long> sizes)
    {
        ModelProto model = network.Clone();
        string[] inputs = [.. TensorListing.Inputs(model).Select(input => input.Name)];
        TypeProto.Types.Tensor? type = inputs.Contains(inputName) ? model.Graph.Input.First(input => input.Name == inputName).Type?.TensorType : null;
        if (type?.Shape is not { } shape)
        {
            throw new ArgumentException($"The network has no input '{inputName}' of known shape. {NearMatches.Suggest(inputName, inputs)}", nameof(inputName));
        }

        string stated = string.Join(", ", TensorListing.Describe(model, [inputName])[0].Shape!);
        if (sizes.Count != shape.Dim.Count - 1 || shape.Dim.Skip(1).Zip(sizes).Any(pair => pair.First is { HasDimValue: true, DimValue: > 0 } && pair.First.DimValue != pair.Second))
        {
            throw new ArgumentException($"'{inputName}' is of shape [{stated}]; sizes after the batch of {string.Join(", ", sizes)} do not go with it.", nameof(sizes));
        }

        for (int i = 0; i < sizes.Count; i++)
        {
            shape.Dim[i + 1] = new TensorShapeProto.Types.Dimension { DimValue = sizes[i] };
        }

        // What the graph states of other tensors holds for any size, and says less than what follows now.
        foreach (ValueInfoProto output in model.Graph.Output.Where(IsOpen))
        {
            output.Type = null;
        }

        ValueInfoProto[] kept = [.. model.Graph.ValueInfo.Where(value => !IsOpen(value))];
        model.Graph.ValueInfo.Clear();
        model.Graph.ValueInfo.Add(kept);
        return model;
    }

    private static bool IsOpen(ValueInfoProto value) => value.Type?.TensorType?.Shape is { } shape && shape.Dim.Skip(1).Any(size => !size.HasDimValue);
}
