using System.Globalization;
using System.IO.Compression;
using System.Text;
using Dime.Fuzz.Contract;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Onnx;

namespace Dime.Fuzz.Seeds;

/// <summary>
/// Large inputs that are made of the smallest parts there are: what takes the square of their number shows here, and not in the small
/// inputs that a fuzzer tries. They are made when they are asked for, and not kept.
/// </summary>
internal static class Crowds
{
    /// <summary>Those of a target.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="bytes">About how long they are.</param>
    public static IEnumerable<Seed> Of(string target, int bytes) => target switch
    {
        "model" => [new Seed("columns and scores", Ensemble(bytes / 40, bytes / 40, classes: 0)), new Seed("classes", Ensemble(1, 1, bytes / 10))],
        "sums" => [new Seed("rows", RowSums(bytes / 4000))],
        "onnx" => [new Seed("chain", Network(bytes, chained: true)), new Seed("fan", Network(bytes, chained: false)), new Seed("nested", NestedNetwork())],
        "detector" => [new Seed("detectors", Detectors(bytes)), new Seed("description", Description(bytes))],
        "csv" =>
        [
            Text("cells", string.Join(',', Enumerable.Repeat("1", bytes / 4)) + "\n" + string.Join(',', Enumerable.Repeat("2", bytes / 4))),
            Text("names", string.Join(',', Names(bytes / 14)) + "\n" + string.Join(',', Enumerable.Repeat("2", bytes / 14))),
            Text("rows", string.Concat(Enumerable.Repeat("1\n", bytes / 2))),
            Text("quotes", new string('"', bytes)),
            Text("one cell", new string('1', bytes)),
        ],
        "npy" => [new Seed("rows", Npy(bytes, fortran: false)), new Seed("columns", Npy(bytes, fortran: true))],
        "request" =>
        [
            Text("numbers", "application/json\n{\"embedding\": [" + string.Join(',', Enumerable.Repeat("1", bytes / 2)) + "]}"),
            Text("ids", "application/json\n{\"ids\": [" + string.Join(',', Enumerable.Repeat("\"\"", bytes / 3)) + "]}"),
            Text("parts", "multipart/x; boundary=b\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\n\r\n", bytes / 9))),
            Text("headers", "multipart/x; boundary=b\n--b\r\n" + string.Concat(Enumerable.Repeat("a:\r\n", bytes / 4))),
        ],
        "pipeline" => [new Seed("entries", Zip(bytes / 106, length: 0)), new Seed("zeros", Zip(entries: 1, 1000 * bytes))],
        "monitor" => [Text("deep", new string('[', bytes)), Text("members", "{" + string.Join(',', Names(bytes / 12).Select(name => $"\"{name}\":1")) + "}")],
        _ => [],
    };

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => i.ToString("x5", CultureInfo.InvariantCulture));

    private static Seed Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    // As EnsembleFormat has it, of norms, which need no numbers.
    private static byte[] Ensemble(int columns, int scores, int classes)
    {
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, "DIMEENSM"u8, 1))
        {
            string[] names = [.. Names(columns)];
            writer.Write(columns);
            foreach (string name in names)
            {
                writer.Write(name);
                writer.Write(1);
            }

            writer.Write(scores);
            for (int i = 0; i < scores; i++)
            {
                writer.Write((int)OutOfDistributionScoreKind.FeatureNorm);
                writer.Write(names[^(i + 1)]);
                writer.Write(1.0);
                writer.Write(false);
                writer.Write(0);
            }

            writer.Write(classes);
            foreach (string name in Names(classes))
            {
                writer.Write(name);
            }

            writer.Write(0);
            writer.Write(false);
            writer.Seal();
        }

        return stream.ToArray();
    }

    private static byte[] RowSums(int count)
    {
        var sums = new EmbeddingAccumulator(1000);
        var random = new Random(1);
        sums.Add([.. Enumerable.Range(0, count * 1000).Select(_ => random.NextSingle())]);
        using var stream = new MemoryStream();
        sums.Save(stream);
        return stream.ToArray();
    }

    private static byte[] Network(int bytes, bool chained)
    {
        ModelProto model = SeedNetworks.Maps();
        model.Graph.ValueInfo.Add(TinyNetwork.Value("y", TinyNetwork.Float, null, 2));
        string before = "flat";
        foreach (string name in Names(bytes / 64))
        {
            model.Graph.Node.Add(TinyNetwork.Node("Relu", [before], name));
            model.Graph.ValueInfo.Add(TinyNetwork.Value(name, TinyNetwork.Float, null, 3));
            before = chained ? name : before;
        }

        model.Graph.Node.Add(TinyNetwork.Node("Gemm", [before, "w"], "z"));
        model.Graph.Output[0] = TinyNetwork.Value("z", TinyNetwork.Float, null, 2);
        return SeedNetworks.Bytes(model);
    }

    private static byte[] NestedNetwork()
    {
        ModelProto model = SeedNetworks.Nested();
        for (int depth = 0; depth < 25; depth++)
        {
            NodeProto inner = model.Graph.Node[0].Clone();
            inner.Attribute.RemoveAt(1);
            GraphProto graph = model.Graph.Node[0].Attribute[0].G;
            graph.Node.Clear();
            graph.Node.Add(inner);
        }

        return SeedNetworks.Bytes(model);
    }

    private static byte[] Detectors(int bytes)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SeedNetworks.Bytes(SeedModels.Embedding().ToOnnx()));
        StringStringEntryProto one = model.MetadataProps[0];
        string prefix = one.Key[..one.Key.LastIndexOfAny([':', '.', '/'])];
        model.MetadataProps.Add(Names(bytes / 680).Select(name => new StringStringEntryProto { Key = $"{prefix}{one.Key[prefix.Length]}{name}", Value = one.Value }));
        return SeedNetworks.Bytes(model);
    }

    private static byte[] Description(int bytes)
    {
        string columns = string.Join(',', Names(bytes / 150).Select(name => $$"""{"Name":"{{name}}","Dimension":1,"Tensor":"a"}"""));
        string scores = string.Join(',', Names(bytes / 150).Select(name => $$"""{"Name":"FeatureNorm({{name}})","Kind":"FeatureNorm","Column":"{{name}}","Weight":1,"Normalize":false,"Rank":null}"""));
        string text = Encoding.UTF8.GetString(new Targets.DetectorTarget().Seeds().Single(seed => seed.Name == "ensemble.json").Content);
        int first = text.IndexOf("\"Columns\":[", StringComparison.Ordinal) + "\"Columns\":[".Length;
        int second = text.IndexOf("\"Scores\":[", first, StringComparison.Ordinal) + "\"Scores\":[".Length;
        return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, first), columns + ",", text.AsSpan(first, second - first)) + scores + "," + text[second..]);
    }

    private static byte[] Npy(int bytes, bool fortran)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': {fortran}, 'shape': ({bytes}, 1), }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[bytes]];
    }

    private static byte[] Zip(int entries, int length)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            byte[] block = new byte[1 << 16];
            foreach (string name in Names(entries))
            {
                using Stream entry = zip.CreateEntry($"{name}/Model.key", CompressionLevel.SmallestSize).Open();
                for (int written = 0; written < length; written += block.Length)
                {
                    entry.Write(block);
                }
            }
        }

        return stream.ToArray();
    }
}
