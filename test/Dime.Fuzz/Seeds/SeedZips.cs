using System.Buffers.Binary;
using System.IO.Compression;
using Dime.Fuzz.Contract;
using Dime.MLNet.Tests.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Fuzz.Seeds;

/// <summary>Saved pipelines, and what our stages have in them.</summary>
internal static class SeedZips
{
    private const string StepEntry = "Model.key";

    /// <summary>Pipelines of all our stages, by name, saved as users save them.</summary>
    public static IEnumerable<(string Name, byte[] Zip)> All()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView rows = SeedModels.View(mlContext);
        yield return ("dime", Save(mlContext, new DimeTransformer(mlContext, SeedModels.Embedding(), new DimeOptions { WithinDistanceColumnName = "Within", ModelName = "name" }), rows.Schema));
        yield return ("ensemble", Save(mlContext, new EnsembleTransformer(mlContext, SeedModels.Ensemble(), new EnsembleOptions { ScoreProbabilitiesColumnName = "Scores" }), rows.Schema));

        // As the first version wrote them.
        foreach (string name in new[] { "pooling", "uncalibrated" })
        {
            yield return ($"{name}-0.1.0", File.ReadAllBytes(Path.Combine(Corpus.OfGolden("v0.1.0"), $"pipeline-{name}.zip")));
        }

        yield return ("network", Save(mlContext, Network(mlContext, rows), rows.Schema));
    }

    /// <summary>A zip with its entries as they are, so that changes of its bytes are changes of theirs.</summary>
    public static byte[] Stored(byte[] zip)
    {
        using var target = new MemoryStream();
        using (var source = new ZipArchive(new MemoryStream(zip)))
        using (var copy = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in source.Entries)
            {
                ZipArchiveEntry stored = copy.CreateEntry(entry.FullName, CompressionLevel.NoCompression);

                // The same model is the same bytes.
                stored.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream from = entry.Open();
                using Stream to = stored.Open();
                from.CopyTo(to);
            }
        }

        return target.ToArray();
    }

    /// <summary>What stands behind ML.NET's headers in the steps of a zip, of those that are ours.</summary>
    public static IEnumerable<byte[]> Payloads(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name == StepEntry))
        {
            using Stream stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);

            // Where the content begins and how long it is: the third and fourth field of the header.
            ReadOnlySpan<byte> step = bytes.ToArray();
            int start = (int)BinaryPrimitives.ReadInt64LittleEndian(step[16..]);
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(step[24..]);
            if (length > 0 && step[start..].StartsWith("DIME"u8))
            {
                yield return step.Slice(start, length).ToArray();
            }
        }
    }

    private static TransformerChain<DimeTransformer> Network(MLContext mlContext, IDataView rows) => mlContext.Transforms.CopyColumns("x", nameof(SeedModels.SeedRow.Logits))
        .Append(mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            Graph = TinyNetwork.Load(SeedNetworks.Maps()),
            InputColumnNames = ["x"],
            TensorNames = ["maps", "y"],
            OutputColumnNames = ["Maps", "Out"],
        }))
        .Append(mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { InputColumnName = "Out", PercentileCount = 5 }))
        .Fit(rows);

    private static byte[] Save(MLContext mlContext, ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        mlContext.Model.Save(model, schema, stream);
        return stream.ToArray();
    }
}
