using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Internals;

/// <summary>What a zip would load is told without loading it, whatever is in it.</summary>
[TestClass]
public sealed class SavedPipelineTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Steps_are_told_with_their_loaders_formats_and_assemblies()
    {
        byte[] zip = Save(_mlContext.Transforms.CopyColumns("Copy", "Features").Append(_mlContext.Transforms.DetectOutOfDistribution("Copy")));

        var pipeline = SavedPipeline.Read(new MemoryStream(zip));

        SavedStep copy = pipeline.Steps.Single(step => step.Entry.EndsWith("Transform_000", StringComparison.Ordinal));
        Assert.AreEqual(("CopyTransform", "COPYCOLT", "Microsoft.ML.Data"), (copy.Loader, copy.Format, copy.Assemblies.Single()));
        SavedStep detector = pipeline.Steps.Single(step => step.Assemblies.Contains("Dime.MLNet"));
        using var archive = new ZipArchive(new MemoryStream(zip));
        Assert.AreEqual(archive.GetEntry($"{detector.Entry}/Model.key")!.Length, detector.Bytes);
        Assert.AreEqual("1.1", detector.FormatVersion);
        Assert.AreSequenceEqual(["Dime.MLNet", "Microsoft.ML.Data"], pipeline.Assemblies);
        Assert.StartsWith("5.", pipeline.MLNetVersion);
        pipeline.RequireAssemblies(SavedPipeline.KnownAssemblies);
    }

    [TestMethod]
    public void Assembly_of_a_custom_mapping_is_told_and_refused()
    {
        IEstimator<ITransformer> pipeline = _mlContext.Transforms.CustomMapping(new Doubling().GetMapping(), nameof(Doubling))
            .Append(_mlContext.Transforms.DetectOutOfDistribution("Features"));
        string own = typeof(Doubling).Assembly.GetName().Name!;

        var saved = SavedPipeline.Read(new MemoryStream(Save(pipeline)));

        SavedStep mapping = saved.Steps.Single(step => step.Assemblies.Contains(own));
        string message = Assert.ThrowsExactly<InvalidDataException>(() => saved.RequireAssemblies(SavedPipeline.KnownAssemblies)).Message;
        Assert.Contains($"'{own}'", message);
        Assert.Contains($"'{mapping.Entry}' ({mapping.Loader})", message);
        saved.RequireAssemblies([.. SavedPipeline.KnownAssemblies, own.ToUpperInvariant()]);
    }

    // Loading looks for it; telling does not.
    [TestMethod]
    public void Assembly_that_is_nowhere_is_told()
    {
        byte[] zip = Edit(Save(_mlContext.Transforms.DetectOutOfDistribution("Features")), (_, bytes) =>
            Replace(bytes, Encoding.Unicode.GetBytes("Dime.MLNet"), Encoding.Unicode.GetBytes("Evil.Thing")));

        var saved = SavedPipeline.Read(new MemoryStream(zip));

        Assert.Contains("Evil.Thing", saved.Assemblies);
        Assert.Contains("'Evil.Thing'", Assert.ThrowsExactly<InvalidDataException>(() => saved.RequireAssemblies(SavedPipeline.KnownAssemblies)).Message);
        Assert.Throws<Exception>(() => _mlContext.Model.Load(new MemoryStream(zip), out _));
    }

    // ML.NET finds entries by either.
    [TestMethod]
    public void Backslashes_hide_nothing()
    {
        byte[] zip = Edit(Save(_mlContext.Transforms.DetectOutOfDistribution("Features")), (_, bytes) => bytes, name => name.Replace('/', '\\'));

        _mlContext.Model.Load(new MemoryStream(zip), out _);
        Assert.Contains("Dime.MLNet", SavedPipeline.Read(new MemoryStream(zip)).Assemblies);
    }

    [TestMethod]
    public void Damage_is_told_by_its_entry_or_does_not_matter()
    {
        byte[] whole = Save(_mlContext.Transforms.DetectOutOfDistribution("Features"));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] zip = Edit(whole, (name, bytes) =>
            {
                byte[] altered = i % 3 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
                for (int k = 0; k < 4 && altered.Length > 0; k++)
                {
                    altered[random.Next(Math.Min(altered.Length, 256))] = (byte)random.Next(256);
                }

                return name.EndsWith("Model.key", StringComparison.Ordinal) ? altered : bytes;
            });

            try
            {
                SavedPipeline.Read(new MemoryStream(zip));
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.Contains("Model.key' is not a step of a pipeline: ", e.Message);
            }
        }

        Assert.IsGreaterThan(100, refused);
    }

    // A thousand names for the same bytes would be unpacked a thousand times.
    [TestMethod]
    public void Entries_that_share_their_bytes_are_refused_before_they_are_unpacked()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("1/Model.key", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[1 << 20]);
        }

        // One record for each entry, and behind them their number (2 bytes, twice), their length and their place (4 bytes each).
        const int tail = 22;
        byte[] one = stream.ToArray();
        int start = BitConverter.ToInt32(one, one.Length - tail + 16);
        byte[] record = one[start..^tail];
        byte[] end = one[^tail..];
        BitConverter.GetBytes((ushort)100).CopyTo(end, 8);
        BitConverter.GetBytes((ushort)100).CopyTo(end, 10);
        BitConverter.GetBytes(100 * record.Length).CopyTo(end, 12);
        byte[] many = [.. one[..start], .. Enumerable.Repeat(record, 100).SelectMany(bytes => bytes), .. end];

        Assert.Contains("lie over each other", Assert.ThrowsExactly<InvalidDataException>(() => SavedPipeline.Read(new MemoryStream(many))).Message);
        Assert.Contains("'1/Model.key' is not a step", Assert.ThrowsExactly<InvalidDataException>(() => SavedPipeline.Read(new MemoryStream(one))).Message);
    }

    [TestMethod]
    public void What_is_no_pipeline_is_named()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "no zip");
            Assert.Contains($"'{file}'", Assert.ThrowsExactly<InvalidDataException>(() => SavedPipeline.Read(file)).Message);
            File.Delete(file);
            using (ZipArchive zip = ZipFile.Open(file, ZipArchiveMode.Create))
            {
                zip.CreateEntry("a.txt");
            }

            Assert.Contains("without any 'Model.key'", Assert.ThrowsExactly<InvalidDataException>(() => SavedPipeline.Read(file)).Message);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.ThrowsExactly<FileNotFoundException>(() => SavedPipeline.Read(file));
    }

    private byte[] Save(IEstimator<ITransformer> pipeline)
    {
        IDataView rows = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(60, seed: 1).Select(row => new Row { Features = row.Features }));
        using var stream = new MemoryStream();
        _mlContext.Model.Save(pipeline.Fit(rows), rows.Schema, stream);
        return stream.ToArray();
    }

    private static byte[] Edit(byte[] zip, Func<string, byte[], byte[]> edit, Func<string, string>? rename = null)
    {
        using var from = new ZipArchive(new MemoryStream(zip));
        var stream = new MemoryStream();
        using (var to = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in from.Entries)
            {
                using var bytes = new MemoryStream();
                using Stream source = entry.Open();
                source.CopyTo(bytes);
                using Stream target = to.CreateEntry(rename?.Invoke(entry.FullName) ?? entry.FullName).Open();
                target.Write(edit(entry.FullName, bytes.ToArray()));
            }
        }

        return stream.ToArray();
    }

    private static byte[] Replace(byte[] bytes, byte[] old, byte[] other)
    {
        byte[] replaced = [.. bytes];
        for (int place = replaced.AsSpan().IndexOf(old); place >= 0; place = replaced.AsSpan().IndexOf(old))
        {
            other.CopyTo(replaced, place);
        }

        return replaced;
    }

    [CustomMappingFactoryAttribute(nameof(Doubling))]
    private sealed class Doubling : CustomMappingFactory<Row, Doubled>
    {
        public override Action<Row, Doubled> GetMapping() => (row, doubled) => doubled.First = 2 * row.Features[0];
    }

    private sealed class Row
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Doubled
    {
        public float First { get; set; }
    }
}
