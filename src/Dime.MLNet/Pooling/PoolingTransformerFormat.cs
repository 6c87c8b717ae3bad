using Dime.MLNet;
using Dime.MLNet.Internals;
using Dime.MLNet.Pooling;
using Dime.MLNet.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(
    typeof(GlobalAveragePoolingTransformer), typeof(PoolingTransformerFormat), null, typeof(SignatureLoadModel),
    "Global average pooling", PoolingTransformerFormat.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(PoolingTransformerFormat), null, typeof(SignatureLoadRowMapper),
    "Global average pooling", PoolingTransformerFormat.LoaderSignature)]

namespace Dime.MLNet.Pooling;

/// <summary>A <see cref="GlobalAveragePoolingTransformer"/> in the zip of its pipeline.</summary>
internal static class PoolingTransformerFormat
{
    public const string LoaderSignature = "DimeGlobalAveragePooling";

    private const int FormatVersion = 1;

    private static VersionInfo Version => LoadableVersion.Of("DIMEPOOL", LoaderSignature);

    private static ReadOnlySpan<byte> Magic => "DIMEPOOL"u8;

    public static void Save(ModelSaveContext context, GlobalAveragePoolingTransformer transformer)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version);

        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, FormatVersion);
        writer.Write(transformer.OutputColumnName);
        writer.Write(transformer.InputColumnName);
        writer.Seal();
    }

    // ML.NET calls the methods named Create by reflection.
    internal static GlobalAveragePoolingTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(Version);

        using var reader = new SealedReader(context.Reader.BaseStream, Magic, FormatVersion, "pooling transformer");
        string output = reader.ReadString() ?? throw reader.Invalid("it names no output column");
        string input = reader.ReadString() ?? throw reader.Invalid("it names no input column");
        reader.CheckSeal();
        return new GlobalAveragePoolingTransformer(environment, output, input);
    }

    internal static IRowMapper Create(IHostEnvironment environment, ModelLoadContext context, DataViewSchema schema) =>
        new PoolingRowMapper(Create(environment, context), schema);
}
