using System.Text;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>
/// A network without logits, in the bytes of its file: relu(image) averaged over all positions, N×3, of images of 32×32 pixels.
/// </summary>
internal static class Featurizer
{
    private const int Float = 1;

    public static string Write(TemporaryFolder folder, string name)
    {
        byte[] graph =
        [
            .. Field(1, Node("Relu", "image", "active")),
            .. Field(1, Node("GlobalAveragePool", "active", "mean")),
            .. Field(1, Node("Flatten", "mean", "embedding")),
            .. Text(2, "featurizer"),
            .. Field(11, Tensor("image", 3, 32, 32)),
            .. Field(12, Tensor("embedding", 3)),
        ];
        byte[] model = [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 13))];
        File.WriteAllBytes(folder[name], model);
        return folder[name];
    }

    private static byte[] Node(string operation, string input, string output) => [.. Text(1, input), .. Text(2, output), .. Text(3, output), .. Text(4, operation)];

    private static byte[] Tensor(string name, params int[] sizes)
    {
        byte[] batch = Field(1, Text(2, "N"));
        byte[] shape = [.. batch, .. sizes.SelectMany(size => Field(1, Number(1, size)))];
        byte[] type = Field(1, [.. Number(1, Float), .. Field(2, shape)]);
        return [.. Text(1, name), .. Field(2, type)];
    }

    // As Protocol Buffers have them: a key of the field's number and its kind, then a number, or a length and bytes.
    private static byte[] Number(int field, int value) => [(byte)(field << 3), .. Variable(value)];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [(byte)((field << 3) | 2), .. Variable(content.Length), .. content];

    private static byte[] Variable(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Variable(value >> 7)];
}
