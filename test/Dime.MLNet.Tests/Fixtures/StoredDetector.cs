using System.Text;
using Dime.MLNet.Tests.Serialization;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>
/// The numbers of a detector of rank 2 in 3 dimensions, written field by field as the formats have them, under a
/// seal that is right whatever they are.
/// </summary>
internal sealed record StoredDetector
{
    public string? InputColumnName { get; init; } = "Features";

    public string?[] OutputColumnNames { get; init; } = ["D", "P", "O", "WD", "WP"];

    public double OutlierProbability { get; init; } = 0.95;

    public int PercentileCount { get; init; } = 3;

    public int Dimension { get; init; } = 3;

    public int Rank { get; init; } = 2;

    public float[] Basis { get; init; } = [0.6f, 0, 0.8f, 0, 0, 1];

    public double[] ExplainedVariance { get; init; } = [0.75, 0.125];

    public double[]? ScoreMean { get; init; } = [2, -0.5];

    /// <summary>Of all kept directions; two unless <see cref="KeptDirections"/> says otherwise.</summary>
    public float[] Whitening { get; init; } = [1, 0.5f, -0.5f, 1];

    public int KeptDirections { get; init; } = 2;

    public float[] Percentiles { get; init; } = [0, 0.25f, 4];

    public float[] WithinPercentiles { get; init; } = [0.5f, 0.5f, 3];

    /// <summary>Of the zip's payload; version 1 ends with the percentiles.</summary>
    public int Version { get; init; } = 2;

    public bool Normalizes { get; init; }

    public long CalibrationRowCount { get; init; } = 40;

    public double[]? Spectrum { get; init; } = [0.75, 0.125, 0.125];

    public long TrainingRowCount { get; init; } = 160;

    public string? ModelName { get; init; } = "Camera 7";

    /// <summary>What stands in a pipeline's zip.</summary>
    public byte[] InZip() => Seal("DIMEMODL", Version, writer =>
    {
        foreach (string? name in OutputColumnNames.Prepend(InputColumnName))
        {
            WriteText(writer, name);
        }

        writer.Write(OutlierProbability);
        writer.Write(PercentileCount);
        WriteModel(writer);
        if (Version > 1)
        {
            WriteRest(writer);
            WriteText(writer, ModelName);
        }
    });

    /// <summary>What <see cref="ModelledEmbedding.Save"/> writes.</summary>
    public byte[] Alone() => Seal("DIMEPLAN", 1, writer =>
    {
        WriteModel(writer);
        WriteRest(writer);
    });

    private static byte[] Seal(string magic, int version, Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Encoding.ASCII.GetBytes(magic));
        writer.Write(version);
        write(writer);
        return Hostile.Sealed(stream.ToArray());
    }

    private void WriteModel(BinaryWriter writer)
    {
        writer.Write(Dimension);
        writer.Write(Rank);
        Array.ForEach(Basis, writer.Write);
        Array.ForEach(ExplainedVariance, writer.Write);
        writer.Write(ScoreMean is not null);
        if (ScoreMean is not null)
        {
            Array.ForEach(ScoreMean, writer.Write);
            writer.Write(KeptDirections);
            Array.ForEach(Whitening, writer.Write);
        }

        foreach (float[] percentiles in new[] { Percentiles, WithinPercentiles })
        {
            writer.Write(percentiles.Length);
            Array.ForEach(percentiles, writer.Write);
        }
    }
    private void WriteRest(BinaryWriter writer)
    {
        writer.Write(Normalizes);
        writer.Write(CalibrationRowCount);
        writer.Write(Spectrum is not null);
        Array.ForEach(Spectrum ?? [], writer.Write);
        writer.Write(TrainingRowCount);
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
    }
}
