using Dime.MLNet.Internals;
using Dime.MLNet.Serialization;
using Microsoft.ML;

namespace Dime.MLNet.Pooling;

/// <summary>A <see cref="GlobalAveragePoolingTransformer"/> in the zip of its pipeline.</summary>
internal static class PoolingTransformerFormat
{
    public const string LoaderSignature = "DimeGlobalAveragePooling";

    private const int FormatVersion = 1;

    private static VersionInfo Version => LoadableVersion.Of("DIMEPOOL", LoaderSignature);

    private static ReadOnlySpan<byte> Magic => "DIMEPOOL"u8;

    public static void Save(ModelSaveContext context, string outputColumnName, string inputColumnName)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version);

        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, FormatVersion);
        writer.Write(outputColumnName);
        writer.Write(inputColumnName);
        writer.Seal();
    }

    public static (string OutputColumnName, string InputColumnName) Load(ModelLoadContext context)
    {
        context.CheckAtModel(Version);
        return Read(context.Reader.BaseStream);
    }

    /// <summary>Reads what stands behind ML.NET's header.</summary>
    /// <exception cref="InvalidDataException">It is no such stage, was cut short or altered, or is of a newer version.</exception>
    public static (string OutputColumnName, string InputColumnName) Read(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "pooling transformer");
        string output = reader.ReadString() ?? throw reader.Invalid("it names no output column");
        string input = reader.ReadString() ?? throw reader.Invalid("it names no input column");
        reader.CheckSeal();
        return (output, input);
    }
}
