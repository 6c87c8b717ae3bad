using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Metadata and weights of an ONNX file, read by the numbers of their fields in ONNX's published description.</summary>
internal sealed class OnnxFile
{
    private OnnxFile(byte[] bytes)
    {
        foreach ((int field, byte[] value) in Fields(bytes))
        {
            if (field == 14)
            {
                var pair = Fields(value).ToDictionary(one => one.Field, one => System.Text.Encoding.UTF8.GetString(one.Value));
                Metadata.Add(pair[1], JsonDocument.Parse(pair[2]).RootElement);
            }
            else if (field == 7)
            {
                foreach ((_, byte[] tensor) in Fields(value).Where(one => one.Field == 5))
                {
                    ILookup<int, byte[]> parts = Fields(tensor).ToLookup(one => one.Field, one => one.Value);
                    Weights.Add(System.Text.Encoding.UTF8.GetString(parts[8].Single()), parts[9].SingleOrDefault() ?? parts[4].Concat(parts[10]).FirstOrDefault() ?? []);
                }
            }
        }
    }

    public Dictionary<string, JsonElement> Metadata { get; } = [];

    /// <summary>The bytes of each initializer.</summary>
    public Dictionary<string, byte[]> Weights { get; } = [];

    public static OnnxFile Read(byte[] bytes) => new(bytes);

    /// <summary>A network that gives N×T×C, as transformers do, back as they are: from x to y.</summary>
    public static byte[] OfTokens(long tokens, long channels)
    {
        byte[] shape = Message((1, Message((2, "N"))), (1, Message((1, tokens))), (1, Message((1, channels))));
        byte[] Value(string name) => Message((1, name), (2, Message((1, Message((1, 1L), (2, shape))))));
        byte[] node = Message((1, "x"), (2, "y"), (4, "Identity"));
        return Message((1, 7L), (7, Message((1, node), (2, "tokens"), (11, Value("x")), (12, Value("y")))), (8, Message((1, ""), (2, 13L))));
    }

    public float[] Singles(JsonElement name) => MemoryMarshal.Cast<byte, float>(Weights[name.GetString()!]).ToArray();

    public double[] Doubles(JsonElement name) => MemoryMarshal.Cast<byte, double>(Weights[name.GetString()!]).ToArray();

    /// <summary>"Tables of percentiles": of each kind the first n values of its part.</summary>
    public float[][] Percentiles(JsonElement name, int n, int kinds = 1)
    {
        int columns = (int)Math.Ceiling(Math.Sqrt(n)), rows = (n + columns - 1) / columns;
        float[] table = Singles(name);
        Assert.HasCount(kinds * rows * columns, table);
        Assert.IsTrue(table.Chunk(rows * columns).All(one => one[n..].All(float.IsPositiveInfinity)));
        return [.. table.Chunk(rows * columns).Select(one => one[..n])];
    }

    private static byte[] Message(params (int Field, object Value)[] fields)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
        {
            foreach ((int field, object value) in fields)
            {
                output.WriteTag(field, value is long ? WireFormat.WireType.Varint : WireFormat.WireType.LengthDelimited);
                switch (value)
                {
                    case long number: output.WriteInt64(number); break;
                    case string text: output.WriteString(text); break;
                    default: output.WriteBytes(ByteString.CopyFrom((byte[])value)); break;
                }
            }
        }

        return bytes.ToArray();
    }

    private static IEnumerable<(int Field, byte[] Value)> Fields(byte[] message)
    {
        using var input = new CodedInputStream(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                yield return (WireFormat.GetTagFieldNumber(tag), input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
