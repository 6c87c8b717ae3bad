using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>A saved model as bytes, with its entries open to inspection and damage.</summary>
internal sealed record ModelZip(byte[] Bytes)
{
    // How ML.NET frames what a model writes: a header with the size of the payload, and the positions of what follows it.
    private const int HeaderBytes = 0x100;
    private const int PayloadSizeOffset = 0x18;

    private static readonly int[] _offsetsBehindPayload = [0x20, 0x30, 0x80, 0x88, 0x90];

    public static ModelZip Save(MLContext mlContext, ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        mlContext.Model.Save(model, schema, stream);
        return new ModelZip(stream.ToArray());
    }

    /// <summary>Loads the model in a new context; its last stage is the detector.</summary>
    public DimeTransformer Load() => (DimeTransformer)LoadDetector();

    /// <summary>The same of any detector.</summary>
    public DetectorTransformer LoadDetector()
    {
        using var stream = new MemoryStream(Bytes);
        return Detectors(new MLContext().Model.Load(stream, out _)).Single();
    }

    private static IEnumerable<DetectorTransformer> Detectors(ITransformer model) => model switch
    {
        DetectorTransformer detector => [detector],
        IEnumerable<ITransformer> chain => chain.SelectMany(Detectors),
        _ => [],
    };

    /// <summary>What one of our models wrote: from its magic bytes to the end of its seal.</summary>
    public byte[] Payload(string magic)
    {
        (_, byte[] content) = Find(magic);
        return content[HeaderBytes..PayloadEnd(content)];
    }

    /// <summary>The zip with another payload in the place of that one, in a frame of ML.NET's that is whole.</summary>
    public ModelZip WithPayload(string magic, byte[] payload)
    {
        (string name, byte[] content) = Find(magic);
        byte[] damaged = [.. content[..HeaderBytes], .. payload, .. content[PayloadEnd(content)..]];
        BinaryPrimitives.WriteInt64LittleEndian(damaged.AsSpan(PayloadSizeOffset), payload.Length);
        foreach (int offset in _offsetsBehindPayload)
        {
            Span<byte> field = damaged.AsSpan(offset, sizeof(long));
            long position = BinaryPrimitives.ReadInt64LittleEndian(field);
            BinaryPrimitives.WriteInt64LittleEndian(field, position == 0 ? 0 : position + damaged.Length - content.Length);
        }

        using var stream = new MemoryStream();
        stream.Write(Bytes);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(name)!.Delete();
            using Stream entry = archive.CreateEntry(name).Open();
            entry.Write(damaged);
        }

        return new ModelZip(stream.ToArray());
    }

    private static int PayloadEnd(byte[] content) => HeaderBytes + (int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(PayloadSizeOffset));

    private (string Name, byte[] Content) Find(string magic)
    {
        using var archive = new ZipArchive(new MemoryStream(Bytes));
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using var copy = new MemoryStream();
            using (Stream stream = entry.Open())
            {
                stream.CopyTo(copy);
            }

            byte[] content = copy.ToArray();
            if (content.Length > HeaderBytes && content.AsSpan(HeaderBytes).StartsWith(Encoding.ASCII.GetBytes(magic)))
            {
                return (entry.FullName, content);
            }
        }

        throw new InvalidOperationException($"No entry of the zip starts with '{magic}'.");
    }
}
