using System.IO.Compression;
using System.Text;

namespace Dime.Documentation.Tests.Formats;

/// <summary>A step of a pipeline's zip, by "The zip of a pipeline" of docs/file-formats.md.</summary>
internal sealed record ZipStep(string Entry, string Signature, string Loader, string Assembly, byte[] Content)
{
    public static IReadOnlyList<ZipStep> ReadAll(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Where(entry => entry.Name == "Model.key").Select(Read)];
    }

    private static ZipStep Read(ZipArchiveEntry entry)
    {
        using var memory = new MemoryStream();
        using (Stream stream = entry.Open())
        {
            stream.CopyTo(memory);
        }

        byte[] bytes = memory.ToArray();
        Assert.AreEqual("ML\0MODEL", Encoding.ASCII.GetString(bytes, 0, 8));
        Assert.AreEqual(bytes.Length, BitConverter.ToInt64(bytes, 0x88));
        Assert.AreEqual("LEDOM\0LM", Encoding.ASCII.GetString(bytes, (int)BitConverter.ToInt64(bytes, 0x80), 8));
        int content = (int)BitConverter.ToInt64(bytes, 0x10);
        return new ZipStep(
            entry.FullName,
            Encoding.ASCII.GetString(bytes, 0x40, 8),
            Encoding.ASCII.GetString(bytes, 0x50, 24).TrimEnd('\0'),
            Encoding.Unicode.GetString(bytes, (int)BitConverter.ToInt64(bytes, 0x90), BitConverter.ToInt32(bytes, 0x98)),
            bytes[content..(content + (int)BitConverter.ToInt64(bytes, 0x18))]);
    }
}
