using Dime.MLNet.Internals;
using Dime.MLNet.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Onnx.Features;

/// <summary>What a feature stage saves in the zip of its pipeline: its settings, and the part of the network that it runs.</summary>
internal static class OnnxFeatureTransformerFormat
{
    public const string LoaderSignature = "DimeOnnxFeatures";

    // Files that neither pool tokens nor flatten maps are still written as the first version was, for those who have not updated yet.
    private const int FirstVersion = 1;
    private const int TokenVersion = 2;
    private const int FlattenedVersion = 3;

    private static VersionInfo Version => LoadableVersion.Of("DIMEONNX", LoaderSignature);

    private static ReadOnlySpan<byte> Magic => "DIMEONNX"u8;

    public static void Save(ModelSaveContext context, FeaturePlan plan)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version);

        FeatureSettings settings = plan.Settings;
        int version = settings.Flatten ? FlattenedVersion : settings.TokenPooling != TokenPooling.None ? TokenVersion : FirstVersion;
        using var writer = new SealedWriter(context.Writer.BaseStream, Magic, version);
        Write(writer, settings.InputColumnNames, settings.InputTensorNames);
        Write(writer, settings.OutputColumnNames, settings.TensorNames);
        writer.Write(settings.PoolFeatureMaps);
        if (version >= TokenVersion)
        {
            writer.Write((int)settings.TokenPooling);
        }

        if (version >= FlattenedVersion)
        {
            writer.Write(settings.Flatten);
        }

        writer.Write(settings.BatchSize ?? 0);
        writer.Write(settings.IntraOpNumThreads ?? 0);
        writer.Write(settings.InterOpNumThreads ?? 0);
        writer.Write(plan.Model.Bytes.Length);
        writer.Write(plan.Model.Bytes.AsSpan());
        writer.Seal();
    }

    public static FeaturePlan Load(ModelLoadContext context)
    {
        context.CheckAtModel(Version);
        return Read(context.Reader.BaseStream);
    }

    /// <summary>Reads what stands behind ML.NET's header.</summary>
    /// <exception cref="InvalidDataException">It is no such stage, was cut short or altered, or is of a newer version.</exception>
    public static FeaturePlan Read(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FlattenedVersion, "ONNX feature transformer");
        (string[] inputColumns, string[] inputTensors) = ReadNames(reader);
        (string[] outputColumns, string[] tensors) = ReadNames(reader);
        var settings = new FeatureSettings(
            inputColumns, inputTensors, outputColumns, tensors, reader.ReadBoolean(), ReadTokenPooling(reader), reader.Version >= FlattenedVersion && reader.ReadBoolean(), ReadOptional(reader), ReadThreads(reader), ReadThreads(reader));
        reader.Require(!settings.PoolFeatureMaps || !settings.Flatten, "its feature maps are both averaged and flattened");
        byte[] network = reader.ReadBytes(reader.ReadCount("size of the network"));
        reader.CheckSeal();

        return Plan(reader, network, settings);
    }

    // A whole payload can still contradict itself, where someone wrote it by hand.
    private static FeaturePlan Plan(SealedReader reader, byte[] network, FeatureSettings settings)
    {
        try
        {
            return new FeaturePlan(OnnxFeatureModel.Load(network, settings.TensorNames), settings, parameters: default);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidDataException)
        {
            throw reader.Invalid(exception.Message.TrimEnd('.'));
        }
    }

    private static void Write(SealedWriter writer, IReadOnlyList<string> columns, IReadOnlyList<string> tensors)
    {
        writer.Write(columns.Count);
        foreach ((string column, string tensor) in columns.Zip(tensors))
        {
            writer.Write(column);
            writer.Write(tensor);
        }
    }

    private static (string[] Columns, string[] Tensors) ReadNames(SealedReader reader)
    {
        int count = reader.ReadCount("number of columns", minimum: 1);
        var columns = new List<string>();
        var tensors = new List<string>();
        for (int i = 0; i < count; i++)
        {
            columns.Add(reader.ReadString() ?? throw reader.Invalid("a column has no name"));
            tensors.Add(reader.ReadString() ?? throw reader.Invalid("a tensor has no name"));
        }

        reader.Require(columns.Distinct().Count() == count, "a column is named twice");
        reader.Require(tensors.Distinct().Count() == count, "a tensor is named twice");
        return ([.. columns], [.. tensors]);
    }

    private static TokenPooling ReadTokenPooling(SealedReader reader)
    {
        if (reader.Version < TokenVersion)
        {
            return TokenPooling.None;
        }

        int number = reader.ReadInt32();
        reader.Require(number is (int)TokenPooling.Mean or (int)TokenPooling.First || (number == (int)TokenPooling.None && reader.Version >= FlattenedVersion), $"its pooling of tokens is {number}");
        return (TokenPooling)number;
    }

    private static int? ReadOptional(SealedReader reader) => reader.ReadCount("setting") is > 0 and var value ? value : null;

    private static int? ReadThreads(SealedReader reader)
    {
        int? threads = ReadOptional(reader);
        reader.Require(threads is not > FeatureSettings.MostThreads, $"it asks for {threads} threads");
        return threads;
    }
}
