using Dime.MLNet.Detection.Training;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection.Training;

/// <summary>Parts in files: whole or not at all, and no other file is taken for one.</summary>
[TestClass]
public sealed class SumsStorageTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    public static IEnumerable<(string Kind, bool IsEnsemble, int Rows)> Kinds =>
    [
        ("rows", false, 4),
        ("sums", false, 30),
        ("ensemble of few rows", true, 20),
        ("ensemble", true, 200),
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void What_is_stored_comes_back_to_the_byte(string kind, bool isEnsemble, int rows)
    {
        DetectorSums[] all = [Create(isEnsemble, rows, "a"), DetectorSums.Merge([Create(isEnsemble, rows, "a"), Create(isEnsemble, 0, "b"), Create(isEnsemble, rows, "c")])];
        foreach (DetectorSums sums in all)
        {
            byte[] bytes = Orders.BytesOf(sums);

            var loaded = DetectorSums.Load(new MemoryStream(bytes));

            Assert.AreEqual(sums.GetType(), loaded.GetType(), kind);
            CollectionAssert.AreEqual(bytes, Orders.BytesOf(loaded));
            CollectionAssert.AreEqual(sums.Sources.ToArray(), loaded.Sources.ToArray());
            Assert.AreEqual(
                (sums.RowCount, sums.SkippedCount, sums.UnclassifiedCount, sums.HeldOutCount, sums.Seed, sums.LibraryVersion, sums.Identity),
                (loaded.RowCount, loaded.SkippedCount, loaded.UnclassifiedCount, loaded.HeldOutCount, loaded.Seed, loaded.LibraryVersion, loaded.Identity));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void File_that_is_cut_short_anywhere_is_rejected(string kind, bool isEnsemble, int rows)
    {
        byte[] bytes = Orders.BytesOf(Create(isEnsemble, Math.Min(rows, 30), "a"));
        int step = isEnsemble ? 97 : 1;
        for (int length = 0; length < bytes.Length; length += step)
        {
            Hostile.AssertRejected(bytes[..length], content => DetectorSums.Load(content), $"{kind}, {length} bytes");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void File_that_was_altered_is_rejected(string kind, bool isEnsemble, int rows)
    {
        byte[] bytes = Orders.BytesOf(Create(isEnsemble, rows, "a"));
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] altered = Hostile.Altered(bytes, random);
            if (!altered.AsSpan().SequenceEqual(bytes))
            {
                Hostile.AssertRejected(altered, content => DetectorSums.Load(content), $"{kind}, {i}");
            }
        }
    }

    // With a seal that is right the content itself must be looked at; what is believed then is a set of sums.
    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void File_that_was_altered_and_sealed_again_is_rejected_or_gives_sums_that_can_be_used(string kind, bool isEnsemble, int rows)
    {
        byte[] bytes = Orders.BytesOf(Create(isEnsemble, rows, "a"));
        var random = new Random(2);
        int rejected = 0;
        for (int i = 0; i < 2000; i++)
        {
            // Mostly the options and counts in front, where a byte says more.
            byte[] altered = bytes[..^32];
            altered[i % 2 == 0 ? random.Next(12, Math.Min(500, altered.Length)) : random.Next(12, altered.Length)] = (byte)random.Next(256);
            byte[] whole = Hostile.Sealed(altered);
            try
            {
                var sums = DetectorSums.Load(new MemoryStream(whole));
                _ = sums.ToString();
                CollectionAssert.AreEqual(whole, Orders.BytesOf(sums), $"{kind}, {i}");
                _ = DetectorSums.Merge([sums]);
            }
            catch (InvalidDataException)
            {
                rejected++;
            }
        }

        Assert.IsGreaterThan(100, rejected);
    }

    [TestMethod]
    public void File_of_something_else_is_named()
    {
        using var folder = new TemporaryFolder();
        string other = folder["other.sums"], longer = folder["longer.sums"];
        using (FileStream stream = File.Create(other))
        {
            new EmbeddingAccumulator(3).Save(stream);
        }

        Create(isEnsemble: false, 20, "a").Save(longer);
        File.AppendAllText(longer, "more");

        Assert.Contains(other, Assert.ThrowsExactly<InvalidDataException>(() => DetectorSums.Load(other)).Message);
        Assert.Contains(longer, Assert.ThrowsExactly<InvalidDataException>(() => DetectorSums.Load(longer)).Message);
        Assert.ThrowsExactly<FileNotFoundException>(() => DetectorSums.Load(folder["none"]));
    }

    [TestMethod]
    public void Newer_version_is_told_from_damage()
    {
        byte[] bytes = Orders.BytesOf(Create(isEnsemble: false, 20, "a"));
        bytes[8]++;

        Assert.Contains("Update the Dime.MLNet package", Assert.ThrowsExactly<InvalidDataException>(() => DetectorSums.Load(new MemoryStream(bytes))).Message);
    }

    [TestMethod]
    public void Saving_replaces_a_file_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder["part.sums"];
        DetectorSums first = Create(isEnsemble: false, 20, "a"), second = Create(isEnsemble: true, 100, "b");

        first.Save(path);
        Assert.AreEqual(first.Identity, DetectorSums.Load(path).Identity);
        second.Save(path);
        Assert.AreEqual(second.Identity, DetectorSums.Load(path).Identity);

        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Files_are_read_in_their_order_and_the_one_at_fault_in_its_turn()
    {
        using var folder = new TemporaryFolder();
        DetectorSums[] sums = [.. "cab".Select(name => Create(isEnsemble: false, rows: 30, name.ToString()))];
        string[] files = [.. sums.Select((_, i) => folder[$"{i}.sums"])];
        foreach ((DetectorSums part, string file) in sums.Zip(files))
        {
            part.Save(file);
        }

        CollectionAssert.AreEqual(sums.Select(part => part.Identity).ToArray(), DetectorSums.LoadAll(files).Select(part => part.Identity).ToArray());
        CollectionAssert.AreEqual(Orders.BytesOf(DetectorSums.Merge(sums)), Orders.BytesOf(DetectorSums.Merge(DetectorSums.LoadAll(files))));
        Assert.IsEmpty(DetectorSums.LoadAll([]));

        File.WriteAllText(files[1], "nothing");
        using IEnumerator<DetectorSums> parts = DetectorSums.LoadAll(files).GetEnumerator();
        Assert.IsTrue(parts.MoveNext());
        Assert.AreEqual(sums[0].Identity, parts.Current.Identity);
        Assert.Contains(files[1], Assert.ThrowsExactly<InvalidDataException>(() => parts.MoveNext()).Message);
        Assert.IsFalse(parts.MoveNext());
    }

    [TestMethod]
    public void Saving_that_fails_leaves_what_was_there()
    {
        using var folder = new TemporaryFolder();
        string path = folder["part.sums"];
        DetectorSums sums = Create(isEnsemble: false, 20, "a");
        sums.Save(path);
        byte[] before = File.ReadAllBytes(path);

        Assert.ThrowsExactly<IOException>(() => WholeFile.Write(path, stream =>
        {
            stream.Write(before.AsSpan(0, 100));
            throw new IOException("full");
        }));
        Assert.ThrowsExactly<IOException>(() => Create(isEnsemble: false, 40, "b").Save(new FullStream(200)));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => sums.Save(System.IO.Path.Combine(folder.Path, "none", "part.sums")));

        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
        CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void Equal_hashes_are_in_the_order_of_sources_and_rows()
    {
        RowKey[] keys = [new(1, "a", 0, 9), new(2, "a", 1, 0), new(2, "a", 1, 1), new(2, "a", 2, 0), new(2, "b", 0, 0), new(3, "", 0, 0)];
        foreach (int maxRows in Enumerable.Range(1, keys.Length))
        {
            RowKey[] shuffled = [.. Orders.Shuffled(keys, maxRows)];
            RowSample first = Sample(shuffled[..3], keys.Length, out _), second = Sample(shuffled[3..], keys.Length, out _);
            var merged = new RowSample(maxRows, width: 2);
            SampledRow[] leaving = [.. Leaving(first), .. Leaving(second)];

            AssertKeys(keys[..maxRows], merged.Rows);
            AssertKeys(keys[maxRows..], leaving.OrderBy(row => row.Key));
            AssertKeys(shuffled[..3].Order(), first.Rows);
            AssertKeys(shuffled[3..].Order(), second.Rows);

            AssertKeys(keys[..maxRows], Sample(shuffled, maxRows, out List<SampledRow> exchanged).Rows);
            AssertKeys(keys[maxRows..], exchanged.OrderBy(row => row.Key));

            SampledRow[] Leaving(RowSample part)
            {
                SampledRow[] rows = merged.Merge(part, facts => facts);
                AssertKeys(rows.Select(row => row.Key).Order(), rows);
                return [.. rows.Select(row => row with { Values = row.Values.ToArray() })];
            }
        }

        // A row's values tell which it is.
        RowSample Sample(RowKey[] offered, int maxRows, out List<SampledRow> leaving)
        {
            var sample = new RowSample(maxRows, width: 2);
            leaving = [];
            foreach (RowKey key in offered)
            {
                int place = Array.IndexOf(keys, key);
                float[] row = [place, -place];
                var facts = new RowFacts(place, place);
                if (!sample.Keeps(key))
                {
                    leaving.Add(new SampledRow(key, row, facts));
                }
                else if (sample.Keep(key, row, facts) is { } last)
                {
                    leaving.Add(last with { Values = last.Values.ToArray() });
                }
            }

            return sample;
        }

        void AssertKeys(IEnumerable<RowKey> expected, IEnumerable<SampledRow> rows)
        {
            CollectionAssert.AreEqual(expected.ToArray(), rows.Select(row => row.Key).ToArray());
            foreach (SampledRow row in rows)
            {
                int place = Array.IndexOf(keys, row.Key);
                CollectionAssert.AreEqual(new float[] { place, -place }, row.Values.ToArray());
                Assert.AreEqual(new RowFacts(place, place), row.Facts);
            }
        }
    }

    [TestMethod]
    public void Keys_of_a_source_do_not_depend_on_the_process()
    {
        Assert.AreEqual(Parts<EmbeddingRow>.Hash(5, "", 3), new RowKeys(5, "").Of(new DataViewRowId(3, 0)).Hash);
        Assert.AreEqual(Parts<EmbeddingRow>.Hash(5, "fremd – 外", 3), new RowKeys(5, "fremd – 外").Of(new DataViewRowId(3, 0)).Hash);
    }

    private DetectorSums Create(bool isEnsemble, int rows, string source)
    {
        var part = new AccumulationOptions { Source = source, Properties = new Dictionary<string, string> { ["network"] = "1234", ["layer"] = "" } };
        if (!isEnsemble)
        {
            return new DimeEstimator(_mlContext, new DimeOptions { ExampleWeightColumnName = "Weight", Rank = 2, Calibration = Calibration.HeldOut(0.3, 5) })
                .Accumulate(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(rows, seed: source[0])), part);
        }

        List<TensorRow> tensors = TensorRow.Create(rows, seed: source[0]);
        return new EnsembleEstimator(_mlContext, new EnsembleOptions
        {
            Scores = TensorRow.Scores,
            ClassColumnName = "Text",
            ExampleWeightColumnName = "Weight",
            Calibration = Calibration.HeldOut(0.3, 10),
        }).Accumulate(_mlContext.Data.LoadFromEnumerable(tensors), part);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("dime-").FullName;

        public string this[string name] => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private sealed class FullStream(int room) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > room)
            {
                throw new IOException("full");
            }

            base.Write(buffer);
        }
    }
}
