using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>The numbers of one detector in a model that nobody vouches for.</summary>
internal sealed class DetectorWeights(ModelProto model, string detector)
{
    /// <exception cref="InvalidDataException">The graph has no such weights.</exception>
    public TensorProto Find(string name) =>
        model.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == name) ?? throw Invalid($"the graph has no weights '{name}'");

    /// <summary>A matrix of <see cref="float"/>; null where the weights are none.</summary>
    public float[]? Matrix(string name) => StoredTensor.ReadMatrix(Find(name));

    /// <exception cref="InvalidDataException">The graph has no such weights, or they are of another type.</exception>
    public float[] Singles(string name) => StoredTensor.ReadSingles(Find(name)) ?? throw Invalid($"its weights '{name}' are not numbers of single precision");

    /// <exception cref="InvalidDataException">The graph has no such weights, or they are of another type.</exception>
    public double[] Doubles(string name) => StoredTensor.ReadDoubles(Find(name)) ?? throw Invalid($"its weights '{name}' are not numbers of double precision");

    /// <summary>Numbers that the metadata holds.</summary>
    /// <exception cref="InvalidDataException">They end within a number.</exception>
    public T[] Numbers<T>(byte[] bytes, string what)
        where T : unmanaged
    {
        T[] values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        Require(bytes.Length == Buffer.ByteLength(values), $"its {what} ends within a number");
        return values;
    }

    /// <exception cref="InvalidDataException">The condition does not hold.</exception>
    public void Require([DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Invalid(otherwise);
        }
    }

    public InvalidDataException Invalid(string reason) => new($"The detector '{detector}' of the graph is damaged: {reason}.");
}
