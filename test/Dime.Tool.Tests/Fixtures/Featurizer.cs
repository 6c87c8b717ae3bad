using System.Text;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Networks without logits, in the bytes of their files, that take images of 32×32 pixels.</summary>
internal static class Featurizer
{
    private const int Float = 1;
    private const int Int64 = 7;
    private const int Half = 10;

    // Field 20 takes two bytes as a key.
    private static readonly byte[] _typeOfIntegers = [0xA0, 0x01, 7];

    /// <summary>relu(image) averaged over all positions, N×3.</summary>
    public static string Write(TemporaryFolder folder, string name, bool isHalf = false) => Write(
        folder[name],
        Tensor("image", isHalf ? Half : Float, 3, 32, 32),
        Tensor("embedding", isHalf ? Half : Float, 3),
        Node("Relu", "image", "active"),
        Node("GlobalAveragePool", "active", "mean"),
        Node("Flatten", "mean", "embedding"));

    /// <summary>The colours of 64 patches, N×64×3, doubled once, twice and three times: "twice", "fourfold", "tokens".</summary>
    public static string WriteTokens(TemporaryFolder folder, string name) => Write(
        folder[name],
        Tensor("image", Float, 3, 32, 32),
        Tensor("tokens", Float, 64, 3),
        [.. Node("MaxPool", "image", "patches"), .. Field(5, Integers("kernel_shape", 4, 4)), .. Field(5, Integers("strides", 4, 4))],
        [.. Text(1, "patches"), .. Node("Reshape", "sizes", "row")],
        [.. Node("Transpose", "row", "turned"), .. Field(5, Integers("perm", 0, 2, 1))],
        [.. Text(1, "turned"), .. Node("Add", "turned", "twice")],
        [.. Text(1, "twice"), .. Node("Add", "twice", "fourfold")],
        [.. Text(1, "fourfold"), .. Node("Add", "fourfold", "tokens")]);

    /// <summary>As <see cref="Write(TemporaryFolder, string, bool)"/>, but height and width of the image are not fixed.</summary>
    public static string WriteOfAnySize(TemporaryFolder folder, string name) => Write(
        folder[name],
        Tensor("image", Float, 3, null, null),
        Tensor("embedding", Float, 3),
        Node("Relu", "image", "active"),
        Node("GlobalAveragePool", "active", "mean"),
        Node("Flatten", "mean", "embedding"));

    private static string Write(string path, byte[] input, byte[] output, params byte[][] nodes)
    {
        byte[] sizes = [.. Number(1, 3), .. Number(2, Int64), .. Number(7, 0), .. Number(7, 3), .. Number(7, 64), .. Text(8, "sizes")];
        byte[] graph = [.. nodes.SelectMany(node => Field(1, node)), .. Text(2, "featurizer"), .. Field(5, sizes), .. Field(11, input), .. Field(12, output)];
        byte[] model = [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 13))];
        File.WriteAllBytes(path, model);
        return path;
    }

    private static byte[] Node(string operation, string input, string output) => [.. Text(1, input), .. Text(2, output), .. Text(3, output), .. Text(4, operation)];

    private static byte[] Integers(string name, params int[] values) => [.. Text(1, name), .. values.SelectMany(value => Number(8, value)), .. _typeOfIntegers];

    private static byte[] Tensor(string name, int elements, params int?[] sizes)
    {
        byte[] batch = Field(1, Text(2, "N"));
        byte[] shape = [.. batch, .. sizes.SelectMany((size, i) => Field(1, size is { } known ? Number(1, known) : Text(2, $"any{i}")))];
        byte[] type = Field(1, [.. Number(1, elements), .. Field(2, shape)]);
        return [.. Text(1, name), .. Field(2, type)];
    }

    // As Protocol Buffers have them: a key of the field's number and its kind, then a number, or a length and bytes.
    private static byte[] Number(int field, int value) => [(byte)(field << 3), .. Variable(value)];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [(byte)((field << 3) | 2), .. Variable(content.Length), .. content];

    private static byte[] Variable(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Variable(value >> 7)];
}
