using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Dime.MLNet.Serialization;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>What a detector's transformer saves in the zip of its pipeline: the fitted model, and how to score with it.</summary>
internal static class DimeTransformerFormat
{
    public const string LoaderSignature = "DimeTransformer";

    // 2 adds whether embeddings are normalised, the numbers of calibration and training rows, the spectrum, and the name.
    private const int FormatVersion = 2;

    private static ReadOnlySpan<byte> Magic => "DIMEMODL"u8;

    public static void Save(ModelSaveContext context, ModelledEmbedding model, ScoringSettings settings)
    {
        context.CheckAtModel();
        context.SetVersionInfo(LoadableVersion.Of("DIMEXFRM", LoaderSignature));

        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, FormatVersion);
        writer.Write(settings.InputColumnNames[0]);
        writer.Write(settings.DistanceColumnName);
        writer.Write(settings.ProbabilityColumnName);
        writer.Write(settings.OutlierColumnName);
        writer.Write(settings.WithinDistanceColumnName);
        writer.Write(settings.WithinProbabilityColumnName);
        writer.Write(settings.OutlierProbability);
        writer.Write(settings.PercentileCount);
        EmbeddingFormat.Write(writer, model);
        writer.Write(settings.ModelName);
        writer.Seal();
    }

    public static (ModelledEmbedding Model, ScoringSettings Settings) Load(ModelLoadContext context)
    {
        context.CheckAtModel(LoadableVersion.Of("DIMEXFRM", LoaderSignature));
        return Read(context.Reader.BaseStream);
    }

    /// <summary>Reads what stands behind ML.NET's header.</summary>
    /// <exception cref="InvalidDataException">It is no such model, was cut short or altered, or is of a newer version.</exception>
    public static (ModelledEmbedding Model, ScoringSettings Settings) Read(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "DIME model");
        var settings = new ScoringSettings(
            [reader.ReadString() ?? throw reader.Invalid("it names no input column")],
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            ScoreProbabilitiesColumnName: null,
            reader.ReadDouble(),
            reader.ReadCount("number of percentiles", minimum: 2));
        RestoredModel restored = EmbeddingFormat.Read(reader, endsWithCalibration: reader.Version == 1);
        settings = settings with { ModelName = reader.Version == 1 ? null : reader.ReadString() };
        reader.CheckSeal();
        ModelledEmbedding model = restored.ToModel(reader.Invalid);
        Check(reader, settings, model);
        return (model, settings);
    }

    private static void Check(SealedReader reader, ScoringSettings settings, ModelledEmbedding model)
    {
        settings.Check(reader);
        reader.Require(
            !settings.NeedsDistanceWithin || model.HasDistanceWithinHyperplane,
            "it names a column for the distance within the hyperplane, and has no score distribution");
    }
}
