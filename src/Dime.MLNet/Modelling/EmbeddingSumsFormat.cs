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

    public static void Save(Stream stream, EmbeddingAccumulator sums)
    {
        int version = sums.KeptRows is not null ? RowsVersion : sums.Normalizes ? NormalizableVersion : PlainVersion;
        using var writer = new SealedWriter(stream, Magic, version);
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

        writer.Seal();
    }

    public static EmbeddingAccumulator Load(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, RowsVersion, "set of embedding sums");
        bool normalizes = reader.Version >= NormalizableVersion && reader.ReadBoolean();
        int dimension = reader.ReadCount("dimension", minimum: 1);
        long count = reader.ReadInt64();
        long skipped = reader.ReadInt64();
        reader.Require(skipped >= 0, $"its number of skipped rows is {skipped}");
        return reader.Version < RowsVersion
            ? new EmbeddingAccumulator(dimension, null, ReadMoment(reader, dimension, count), normalizes, skipped)
            : new EmbeddingAccumulator(dimension, ReadRows(reader, dimension, count), null, normalizes, skipped);
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

    private static SecondMoment ReadMoment(SealedReader reader, int dimension, long count)
    {
        double weight = reader.ReadDouble();
        double[] sum = reader.ReadDoubles(dimension);

        // One read of the whole triangle: it grows with the bytes that arrive, and P² is allocated only once they have.
        double[] upper = reader.ReadDoubles((long)dimension * (dimension + 1) / 2);
        reader.CheckSeal();
        CheckRanges(reader, count, weight, sum, upper);

        int start = 0;
        return SecondMoment.Restore(count, weight, sum, (row, _) =>
        {
            // A diagonal element starts each row of the triangle.
            reader.Require(upper[start] >= 0, "a sum of squares is negative");
            upper.AsSpan(start, row.Length).CopyTo(row);
            start += row.Length;
        });
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

        reader.CheckSeal();
        rows ??= new KeptRows(dimension);
        for (int i = 0; i < rows.Count; i++)
        {
            reader.Require(FiniteRows.IsFinite(rows[i]), "a value is not finite");
            reader.Require(float.IsFinite(rows.Weight(i)) && rows.Weight(i) >= 0, $"a weight is {rows.Weight(i)}");
        }

        return rows;
    }

    private static void CheckRanges(SealedReader reader, long count, double weight, double[] sum, double[] upper)
    {
        reader.Require(sum.Length <= SecondMoment.MaxDimension, $"its dimension is {sum.Length}");
        reader.Require(count >= 0, $"its number of rows is {count}");
        reader.Require(double.IsFinite(weight) && weight >= 0, $"its sum of weights is {weight}");
        reader.Require(Array.TrueForAll(sum, double.IsFinite) && Array.TrueForAll(upper, double.IsFinite), "a sum is not finite");
    }
}
