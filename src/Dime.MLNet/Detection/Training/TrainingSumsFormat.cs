using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Detection.Training;

/// <summary>What a part of the training data, or several of them merged, keep in a file for a fit. The same sums are the same bytes.</summary>
internal static class TrainingSumsFormat
{
    private const int FormatVersion = 1;

    // The numbers of the kinds stand in files, and stay.
    private const int HyperplaneKind = 0;
    private const int EnsembleKind = 1;

    private static ReadOnlySpan<byte> Magic => "DIMEPART"u8;

    /// <summary>Writes them, and returns the hash that seals them, in hexadecimal digits.</summary>
    public static string Save(Stream stream, TrainingSums sums)
    {
        using var writer = new SealedWriter(stream, Magic, FormatVersion);
        TrainingSetup setup = sums.Setup;
        writer.Write(sums.LibraryVersion);
        writer.Write(setup.Seed);
        writer.Write(setup.Properties.Count);
        foreach ((string name, string value) in setup.Properties)
        {
            writer.Write(name);
            writer.Write(value);
        }

        Write(writer, setup.Scoring);
        writer.Write(setup.Calibration.Share);
        writer.Write(setup.Calibration.MaxRows);
        writer.Write(setup.Calibration.IsHeldOut);
        Write(writer, setup.Fit, sums.Rows);
        WriteSources(writer, sums);
        if (sums.Sample is not null)
        {
            WriteSample(writer, sums);
        }

        return Text(writer.Seal());
    }

    public static TrainingSums Load(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "set of detector sums");
        var restored = new RestoredTrainingSums(
            reader.ReadName(),
            reader.ReadInt32(),
            reader.ReadAll("number of properties", () => (reader.ReadName(), reader.ReadName())),
            ReadScoring(reader),
            new CalibrationRows(reader.ReadDouble(), reader.ReadCount("number of rows to calibrate on"), reader.ReadBoolean()),
            ReadFit(reader));
        restored = restored with
        {
            IsMerged = reader.ReadBoolean(),
            Sources = reader.ReadAll("number of parts", () => new SumsSource(reader.ReadName(), reader.ReadInt64(), reader.ReadName())),
        };
        if (restored.Calibration.MaxRows > 0)
        {
            var memory = new RowMemory(restored.Fit.Width);
            restored = restored with { Sample = reader.ReadAll("number of rows to calibrate on", () => ReadRow(reader, memory)) };
        }

        string identity = Text(reader.CheckSeal());
        return restored.ToSums(identity, reader.Invalid);
    }

    private static string Text(byte[] seal) => Convert.ToHexString(seal).ToLowerInvariant();

    private static void Write(SealedWriter writer, ScoringSettings settings)
    {
        writer.Write(settings.InputColumnNames.Count);
        foreach (string name in settings.InputColumnNames)
        {
            writer.Write(name);
        }

        writer.Write(settings.DistanceColumnName);
        writer.Write(settings.ProbabilityColumnName);
        writer.Write(settings.OutlierColumnName);
        writer.Write(settings.WithinDistanceColumnName);
        writer.Write(settings.WithinProbabilityColumnName);
        writer.Write(settings.ScoreProbabilitiesColumnName);
        writer.Write(settings.OutlierProbability);
        writer.Write(settings.PercentileCount);
        writer.Write(settings.ModelName);
    }

    private static ScoringSettings ReadScoring(SealedReader reader) => new(
        reader.ReadAll("number of columns", reader.ReadName),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadDouble(),
        reader.ReadCount("number of percentiles", minimum: 2))
    {
        ModelName = reader.ReadString(),
    };

    private static void Write(SealedWriter writer, FitSettings fit, IRowSums sums)
    {
        switch (fit)
        {
            case HyperplaneFitSettings hyperplane:
                writer.Write(HyperplaneKind);
                writer.Write(fit.ExampleWeightColumnName);
                writer.Write(hyperplane.ExplainedVarianceThreshold);
                writer.Write(hyperplane.Rank ?? 0);
                EmbeddingSumsFormat.Write(writer, (EmbeddingAccumulator)sums);
                break;
            case EnsembleFitSettings ensemble:
                writer.Write(EnsembleKind);
                writer.Write(fit.ExampleWeightColumnName);
                writer.Write(ensemble.ExplainedVarianceThreshold);
                writer.Write(fit.ClassColumnName);
                EnsembleSumsFormat.Write(writer, (EnsembleAccumulator)sums);
                break;
            default:
                throw new NotSupportedException($"Sums for {fit.Kind} have no format.");
        }
    }

    private static IRestoredFit ReadFit(SealedReader reader) => reader.ReadInt32() switch
    {
        HyperplaneKind => new RestoredHyperplaneFit(
            reader.ReadString(), reader.ReadDouble(), reader.ReadCount("rank"), EmbeddingSumsFormat.Read(reader)),
        EnsembleKind => new RestoredEnsembleFit(
            reader.ReadString(), reader.ReadDouble(), reader.ReadString(), EnsembleSumsFormat.Read(reader)),
        var other => throw reader.Invalid($"its kind is {other}"),
    };

    // A part does not contain its own hash; what is merged has those of its parts.
    private static void WriteSources(SealedWriter writer, TrainingSums sums)
    {
        writer.Write(sums.Source is null);
        IReadOnlyList<SumsSource> sources = sums.Source is { } name ? [new SumsSource(name, sums.RowCount, "")] : sums.Sources;
        writer.Write(sources.Count);
        foreach (SumsSource source in sources)
        {
            writer.Write(source.Name);
            writer.Write(source.RowCount);
            writer.Write(source.Identity);
        }
    }

    private static void WriteSample(SealedWriter writer, TrainingSums sums)
    {
        string[] names = sums.Source is { } name ? [name] : [.. sums.Sources.Select(source => source.Name)];
        Dictionary<string, int> places = new(names.Select((source, place) => KeyValuePair.Create(source, place)));
        writer.Write(sums.Sample!.Count);
        foreach (SampledRow row in sums.Sample.Rows)
        {
            writer.Write(places[row.Key.Source]);
            writer.Write((long)row.Key.Low);
            writer.Write((long)row.Key.High);
            writer.Write((double)row.Facts.Weight);
            writer.Write(row.Facts.Class);
            writer.Write(row.Values.Span);
        }
    }

    private static RestoredSampledRow ReadRow(SealedReader reader, RowMemory memory)
    {
        int source = reader.ReadCount("number of a part");
        ulong low = (ulong)reader.ReadInt64(), high = (ulong)reader.ReadInt64();
        return new RestoredSampledRow(source, low, high, reader.ReadDouble(), reader.ReadInt32(), memory.Read(reader));
    }
}
