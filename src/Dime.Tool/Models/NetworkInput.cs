using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>The images that a network takes.</summary>
/// <param name="Width">Pixels across; null where the network takes any.</param>
/// <param name="Height">Pixels down; null where the network takes any.</param>
/// <param name="IsGray">Whether a pixel is one value rather than three.</param>
/// <param name="IsInterleaved">Whether the values of a pixel stand side by side (N×H×W×C) rather than in planes (N×C×H×W).</param>
/// <param name="IsBytes">Whether values are bytes rather than floating-point numbers.</param>
/// <param name="IsFixed">Whether the network says all of this, and does not leave a size open.</param>
internal sealed record NetworkInput(int? Width, int? Height, bool IsGray, bool IsInterleaved, bool IsBytes, bool IsFixed)
{
    private const int Planes = 3;

    /// <summary>The network, for images of one size where it takes any.</summary>
    /// <param name="network">The network.</param>
    /// <param name="settings">The size that the user gave, if any.</param>
    /// <exception cref="InputException">The size is not that of the network, or nobody says one.</exception>
    public OnnxGraph Fix(OnnxGraph network, ImageSettings settings)
    {
        (int width, int height) = ImagePipeline.SizeOf(settings, this);
        int colours = IsGray ? 1 : Planes;
        return IsFixed
            ? network
            : LibraryErrors.AsInput(() => network.WithInputSizes(network.Inputs[0].Name, IsInterleaved ? [height, width, colours] : [colours, height, width]));
    }

    /// <exception cref="InputException">The network does not take one image a row.</exception>
    public static NetworkInput Of(string file, OnnxGraph network)
    {
        if (network.Inputs.Count != 1)
        {
            throw new InputException($"'{file}' takes {network.Inputs.Count} inputs, not one image; compute its embeddings in a program and give them with --embeddings.");
        }

        OnnxTensorInfo input = network.Inputs[0];
        bool isBytes = input.ElementType == OnnxElementType.UInt8;
        if (input.Shape is { Count: 4 } shape && (isBytes || input.ElementType is OnnxElementType.Float or OnnxElementType.Float16))
        {
            bool isFixed = shape.Skip(1).All(size => size.IsFixed);
            if (shape[1].Size is Planes or 1 || AreColours(shape[1]))
            {
                return new NetworkInput((int?)shape[3].Size, (int?)shape[2].Size, shape[1].Size == 1, IsInterleaved: false, isBytes, isFixed);
            }

            if (shape[3].Size is Planes or 1 || AreColours(shape[3]))
            {
                return new NetworkInput((int?)shape[2].Size, (int?)shape[1].Size, shape[3].Size == 1, IsInterleaved: true, isBytes, isFixed);
            }
        }

        throw new InputException($"'{file}' does not take images of 1 or 3 colours ({input}); compute its embeddings in a program and give them with --embeddings.");
    }

    // Exports leave even the number of colours open, and name it.
    private static bool AreColours(OnnxDimension size) => size.Symbol?.Contains("channel", StringComparison.OrdinalIgnoreCase) == true;
}
