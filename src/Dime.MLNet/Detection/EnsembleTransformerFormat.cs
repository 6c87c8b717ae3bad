using Dime.MLNet.Internals;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Serialization;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>What an ensemble's transformer saves in the zip of its pipeline: the fitted model, and how to score with it.</summary>
internal static class EnsembleTransformerFormat
{
    public const string LoaderSignature = "EnsembleTransformer";

    private const string ModelSignature = "DIMEENSX";

    private const int FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "DIMEENSX"u8;

    public static void Save(ModelSaveContext context, ModelledEnsemble model, ScoringSettings settings)
    {
        context.CheckAtModel();
        context.SetVersionInfo(LoadableVersion.Of(ModelSignature, LoaderSignature));

        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, FormatVersion);
        writer.Write(settings.DistanceColumnName);
        writer.Write(settings.ProbabilityColumnName);
        writer.Write(settings.OutlierColumnName);
        writer.Write(settings.ScoreProbabilitiesColumnName);
        writer.Write(settings.OutlierProbability);
        writer.Write(settings.PercentileCount);
        EnsembleFormat.Write(writer, model);
        writer.Write(settings.ModelName);
        writer.Seal();
    }

    public static (ModelledEnsemble Model, ScoringSettings Settings) Load(ModelLoadContext context)
    {
        context.CheckAtModel(LoadableVersion.Of(ModelSignature, LoaderSignature));
        return Read(context.Reader.BaseStream);
    }

    /// <summary>Reads what stands behind ML.NET's header.</summary>
    /// <exception cref="InvalidDataException">It is no such model, was cut short or altered, or is of a newer version.</exception>
    public static (ModelledEnsemble Model, ScoringSettings Settings) Read(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "ensemble");
        var settings = new ScoringSettings(
            [],
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            WithinDistanceColumnName: null,
            WithinProbabilityColumnName: null,
            reader.ReadString(),
            reader.ReadDouble(),
            reader.ReadCount("number of percentiles", minimum: 2));
        RestoredEnsemble restored = EnsembleFormat.Read(reader);
        settings = settings with { ModelName = reader.ReadString() };
        reader.CheckSeal();
        settings.Check(reader);
        ModelledEnsemble model = restored.ToModel(reader.Invalid);
        return (model, settings with { InputColumnNames = [.. model.Layout.Select(column => column.Name)] });
    }
}
