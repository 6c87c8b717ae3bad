using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using Microsoft.ML;

namespace Dime.Fuzz.Targets;

/// <summary>Sums of training data, of parts and of embeddings alone. What is accepted is merged, fitted and saved again.</summary>
internal sealed class SumsTarget : FuzzTarget
{
    public override string Name => "sums";

    // A fit says so where there is nothing to fit, or no such rank.
    public override bool Allows(Exception exception) => exception is InvalidDataException;

    public override IEnumerable<byte[]> FormsOf(byte[] input) => Seal.BothWays(input);

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        if (input.StartsWith("DIMEPART"u8))
        {
            Use(DetectorSums.Load(stream));
        }
        else
        {
            Use(EmbeddingAccumulator.Load(stream));
        }
    }

    public override IEnumerable<Seed> Seeds()
    {
        yield return Of("rows.sums", Sums(count: 2).Save);
        yield return Of("weights.sums", WeightedRows().Save);
        yield return Of("moments.sums", Sums(count: 40).Save);
        yield return Of("normal.sums", Sums(count: 40, normalize: true).Save);

        var mlContext = new MLContext(seed: 1);
        IDataView rows = SeedModels.View(mlContext);
        DimeEstimator dime = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { PercentileCount = 5 });
        DimeSums part = dime.Accumulate(rows, new AccumulationOptions { Source = "one", Properties = new Dictionary<string, string> { ["layer"] = "3" } });
        yield return Of("dime.part", part.Save);
        yield return Of("merged.part", DetectorSums.Merge([part, dime.Accumulate(rows, new AccumulationOptions { Source = "two", Properties = new Dictionary<string, string> { ["layer"] = "3" } })]).Save);
        EnsembleEstimator ensemble = mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = [.. SeedModels.EnsembleSums().Scores],
            LogitsColumnName = "Logits",
            PercentileCount = 5,
        });
        yield return Of("ensemble.part", ensemble.Accumulate(rows, new AccumulationOptions { Source = "one" }).Save);
    }

    private static void Use(EmbeddingAccumulator sums)
    {
        using var saved = new MemoryStream();
        sums.Save(saved);
        saved.Position = 0;
        ModelTarget.Required(() => EmbeddingAccumulator.Load(saved));
        Refusable(() => sums.Fit());
        long count = sums.Count;
        sums.Merge(sums);
        sums.Add(ModelTarget.RowOf(sums.Dimension));
        if (sums.Count < count || !double.IsFinite(sums.TotalWeight))
        {
            throw new NotSupportedException($"{count} rows became {sums.Count} of weight {sums.TotalWeight} when others were added.");
        }
    }

    private static void Use(DetectorSums sums)
    {
        using var saved = new MemoryStream();
        sums.Save(saved);
        saved.Position = 0;
        ModelTarget.Required(() => DetectorSums.Load(saved));
        var mlContext = new MLContext(seed: 1);
        Refusable(() => _ = sums switch
        {
            DimeSums dime => mlContext.Transforms.DetectOutOfDistribution().Fit(dime),
            _ => (ITransformer)mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions()).Fit((EnsembleSums)sums),
        });
    }

    // What a fit throws where there is nothing to fit, no such rank, or other options.
    private static void Refusable(Action fit)
    {
        try
        {
            fit();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // It was refused as it should be.
        }
    }

    private static EmbeddingAccumulator Sums(int count, bool normalize = false)
    {
        var sums = new EmbeddingAccumulator(SeedModels.Dimension, normalize);
        sums.Add(SeedModels.Rows(count));
        return sums;
    }

    private static EmbeddingAccumulator WeightedRows()
    {
        var sums = new EmbeddingAccumulator(SeedModels.Dimension);
        sums.Add(SeedModels.Rows(2), [1, 0.5f]);
        return sums;
    }

    private static Seed Of(string name, Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return new Seed(name, stream.ToArray());
    }
}
