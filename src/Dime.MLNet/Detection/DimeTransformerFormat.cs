using Dime.MLNet;
using Dime.MLNet.Detection;
using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Dime.MLNet.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

// How ML.NET finds the way from a name in the zip back to our types.
[assembly: LoadableClass(
    typeof(DimeTransformer), typeof(DimeTransformerFormat), null, typeof(SignatureLoadModel),
    "Distance to Modelled Embedding", DimeTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(DimeTransformerFormat), null, typeof(SignatureLoadRowMapper),
    "Distance to Modelled Embedding", DimeTransformerFormat.LoaderSignature)]

namespace Dime.MLNet.Detection;

/// <summary>A <see cref="DimeTransformer"/> in the zip of its pipeline.</summary>
internal static class DimeTransformerFormat
{
    public const string LoaderSignature = "DimeTransformer";

    private const int FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "DIMEMODL"u8;

    public static void Save(ModelSaveContext context, DimeTransformer transformer)
    {
        context.CheckAtModel();
        context.SetVersionInfo(LoadableVersion.Of("DIMEXFRM", LoaderSignature));

        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, FormatVersion);
        ScoringSettings settings = transformer.Settings;
        writer.Write(settings.InputColumnName);
        writer.Write(settings.DistanceColumnName);
        writer.Write(settings.ProbabilityColumnName);
        writer.Write(settings.OutlierColumnName);
        writer.Write(settings.WithinDistanceColumnName);
        writer.Write(settings.WithinProbabilityColumnName);
        writer.Write(settings.OutlierProbability);
        writer.Write(settings.PercentileCount);
        EmbeddingFormat.Write(writer, transformer.Embedding);
        writer.Seal();
    }

    // ML.NET calls the methods named Create by reflection: this one for a transformer …
    internal static DimeTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(LoadableVersion.Of("DIMEXFRM", LoaderSignature));

        using var reader = new SealedReader(context.Reader.BaseStream, Magic, FormatVersion, "DIME model");
        var settings = new ScoringSettings(
            reader.ReadString() ?? throw reader.Invalid("it names no input column"),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadDouble(),
            reader.ReadCount("number of percentiles", minimum: 2));
        ModelledEmbedding embedding = EmbeddingFormat.Read(reader);
        reader.CheckSeal();
        return new DimeTransformer(environment, embedding, settings);
    }

    // … and this one for a transformer that is already bound to a schema.
    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        new DimeRowMapper(Create(environment, context), schema);
}
