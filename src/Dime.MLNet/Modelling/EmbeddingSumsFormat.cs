using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Modelling;

/// <summary>An <see cref="EmbeddingAccumulator"/> in a file: the rows or the sums, whichever it has.</summary>
internal static class EmbeddingSumsFormat
{
    // Sums of embeddings as they are stay readable by 0.1.0.
    private const int PlainVersion = 1;
    private const int NormalizableVersion = 2;
    private const int RowsVersion = 3;

    private static ReadOnlySpan<byte> Magic => "DIMESUMS"u8;

    /// <summary>A file of its own.</summary>
    public static void Save(Stream stream, EmbeddingAccumulator sums)
    {
        int version = VersionOf(sums);
        using var writer = new SealedWriter(stream, Magic, version);
        Write(writer, sums, version);
        writer.Seal();
    }

    public static EmbeddingAccumulator Load(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, RowsVersion, "set of embedding sums");
        RestoredSums restored = Read(reader, reader.Version);
        reader.CheckSeal();
        return restored.ToSums(reader.Invalid);
    }

    /// <summary>A part of a file.</summary>
    public static void Write(SealedWriter writer, EmbeddingAccumulator sums)
    {
        int version = VersionOf(sums);
        writer.Write(version);
        Write(writer, sums, version);
    }

    /// <summary>Reads what <see cref="Write(SealedWriter, EmbeddingAccumulator)"/> wrote, to be believed only once the seal and its parts are checked.</summary>
    public static RestoredSums Read(SealedReader reader)
    {
        int version = reader.ReadCount("version of sums", PlainVersion);
        reader.Require(version <= RowsVersion, $"its version of sums is {version}");
        return Read(reader, version);
    }

    private static int VersionOf(EmbeddingAccumulator sums) =>
        sums.KeptRows is not null ? RowsVersion : sums.Normalizes ? NormalizableVersion : PlainVersion;

    private static void Write(SealedWriter writer, EmbeddingAccumulator sums, int version)
    {
        if (version >= NormalizableVersion)
        {
            writer.Write(sums.Normalizes);
        }

        writer.Write(sums.Dimension);
        writer.Write(sums.Count);
        writer.Write(sums.SkippedCount);
        if (sums.KeptRows is { } rows)
        {
            Write(writer, rows);
        }
        else
        {
            Write(writer, sums.Moment);
        }
    }

    private static RestoredSums Read(SealedReader reader, int version)
    {
        bool normalizes = version >= NormalizableVersion && reader.ReadBoolean();
        int dimension = reader.ReadCount("dimension", minimum: 1);
        long count = reader.ReadInt64();
        long skipped = reader.ReadInt64();
        var restored = new RestoredSums(dimension, normalizes, count, skipped);
        return version < RowsVersion
            ? restored with
            {
                Weight = reader.ReadDouble(),
                Sum = reader.ReadDoubles(dimension),

                // One read of the whole triangle: it grows with the bytes that arrive, and P² is allocated only once they have.
                Upper = reader.ReadDoubles((long)dimension * (dimension + 1) / 2),
            }
            : restored with { Rows = ReadRows(reader, dimension, count) };
    }

    private static void Write(SealedWriter writer, SecondMoment moment)
    {
        writer.Write(moment.WeightSum);
        writer.Write(moment.Sum);
        for (int i = 0; i < moment.Dimension; i++)
        {
            writer.Write(moment.UpperRow(i));
        }
    }

    private static void Write(SealedWriter writer, KeptRows rows)
    {
        writer.Write(rows.IsWeighted);
        for (int i = 0; i < rows.Count; i++)
        {
            writer.Write(rows[i]);
            if (rows.IsWeighted)
            {
                float weight = rows.Weight(i);
                writer.Write(new ReadOnlySpan<float>(in weight));
            }
        }
    }

    private static KeptRows ReadRows(SealedReader reader, int dimension, long count)
    {
        reader.Require(count >= 0 && count < dimension && count <= SecondMoment.MaxDimension, $"it has {count} rows of {dimension} values");
        bool isWeighted = reader.ReadBoolean();
        KeptRows? rows = null;
        for (long i = 0; i < count; i++)
        {
            float[] row = reader.ReadSingles(dimension);
            float[] weight = isWeighted ? reader.ReadSingles(1) : [];

            // A chunk of rows is allocated only once the bytes of one have arrived.
            rows ??= new KeptRows(dimension);
            rows.Add(row, weight);
        }

        return rows ?? new KeptRows(dimension);
    }
}
