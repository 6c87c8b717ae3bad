using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dime.Documentation.Tests.Formats;

/// <summary>A row that calibrates.</summary>
internal sealed record CalibrationRowFields(int Part, ulong Low, ulong High, double Weight, int Class, float[] Values)
{
    public ulong Key(int seed, string part)
    {
        ulong start = Mix((uint)seed);
        if (part.Length > 0)
        {
            start = Mix(start ^ BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(part))));
        }

        return Mix(Mix(start ^ Low) ^ High);
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

/// <summary>"Sums for a fit" of docs/file-formats.md.</summary>
internal sealed record PartFields(string Library, int Seed, (string Name, string Value)[] Properties, string[] InputColumns, string?[] OutputColumns)
{
    public double Limit { get; private init; }

    public int Percentiles { get; private init; }

    public string? ModelName { get; private init; }

    public double Share { get; private init; }

    public int MostRows { get; private init; }

    public bool AreHeldOut { get; private init; }

    public string? WeightColumn { get; private init; }

    public double ExplainedVariance { get; private init; }

    public int Rank { get; private init; }

    public string? ClassColumn { get; private init; }

    public EmbeddingSumsFields? Hyperplane { get; private init; }

    public EnsembleSumsFields? Ensemble { get; private init; }

    public bool IsMerged { get; private init; }

    public (string Name, long Rows, string Seal)[] Parts { get; private init; } = [];

    public CalibrationRowFields[] Rows { get; private init; } = [];

    public static PartFields Read(byte[] bytes) => FormatReader.ReadAll(bytes, "DIMEPART", 1, reader =>
    {
        var fields = new PartFields(
            reader.Text(),
            reader.Int32(),
            reader.ListOf(() => (reader.Text(), reader.Text())),
            reader.ListOf(reader.Text),
            [.. Enumerable.Range(0, 6).Select(_ => reader.TextOrNone())])
        {
            Limit = reader.Double(),
            Percentiles = reader.Int32(),
            ModelName = reader.TextOrNone(),
            Share = reader.Double(),
            MostRows = reader.Int32(),
            AreHeldOut = reader.Bool(),
        };
        fields = reader.Int32() switch
        {
            0 => fields with
            {
                WeightColumn = reader.TextOrNone(),
                ExplainedVariance = reader.Double(),
                Rank = reader.Int32(),
                Hyperplane = EmbeddingSumsFields.Read(reader, reader.Int32()),
            },
            _ => fields with
            {
                WeightColumn = reader.TextOrNone(),
                ExplainedVariance = reader.Double(),
                ClassColumn = reader.TextOrNone(),
                Ensemble = EnsembleSumsFields.Read(reader),
            },
        };
        fields = fields with { IsMerged = reader.Bool(), Parts = reader.ListOf(() => (reader.Text(), reader.Int64(), reader.Text())) };
        int width = fields.Hyperplane?.Dimension ?? fields.Ensemble!.Scoring.Width;
        return fields.MostRows == 0 ? fields : fields with
        {
            Rows = reader.ListOf(() => new CalibrationRowFields(
                reader.Int32(), reader.UInt64(), reader.UInt64(), reader.Double(), reader.Int32(), reader.Singles(width))),
        };
    });
}
