using System.Globalization;
using System.Numerics;
using Dime.Tool.Terminal;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Dime.Tool.Inputs;

/// <summary>Columns of a group of rows of a Parquet file, in single precision; a missing value is NaN. A column that is damaged is an <see cref="InputException"/>.</summary>
internal static class ParquetNumbers
{
    private static readonly HashSet<Type> _types =
    [
        typeof(float), typeof(double), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
    ];

    /// <summary>Whether a column holds numbers, or lists of numbers.</summary>
    public static bool AreIn(DataField field) => _types.Contains(field.ClrType);

    /// <summary>A value for each row.</summary>
    public static float[] Cells(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        float[] values = Values(column);
        return field.MaxDefinitionLevel == 0 ? values : [.. WithMissing(values, column.DefinitionLevels.ToArray(), field.MaxDefinitionLevel, float.NaN)];
    }

    /// <summary>A list for each row.</summary>
    public static List<float[]> Lists(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        var values = new Queue<float>(Values(column));
        ReadOnlySpan<int> repetitions = column.RepetitionLevels;
        ReadOnlySpan<int> definitions = column.DefinitionLevels;

        // An item that is null is defined as far as the list's own item; below that the list is empty or missing.
        int item = field.MaxDefinitionLevel - (field.IsNullable ? 1 : 0);
        List<float[]> lists = [];
        List<float> list = [];
        for (int i = 0; i < repetitions.Length; i++)
        {
            if (repetitions[i] == 0 && i > 0)
            {
                lists.Add([.. list]);
                list.Clear();
            }

            if (definitions[i] >= item)
            {
                list.Add(definitions[i] == field.MaxDefinitionLevel ? values.Dequeue() : float.NaN);
            }
        }

        lists.Add([.. list]);
        return lists;
    }

    /// <summary>A text for each row; empty where it is missing.</summary>
    public static string[] Texts(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        if (column is not RawColumnData<ReadOnlyMemory<char>> texts)
        {
            return [.. Cells(rows, field, file).Select(value => value.ToString(CultureInfo.InvariantCulture))];
        }

        string[] values = new string[texts.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = texts.Values[i].ToString();
        }

        return field.MaxDefinitionLevel == 0 ? values : [.. WithMissing(values, column.DefinitionLevels.ToArray(), field.MaxDefinitionLevel, "")];
    }

    private static RawColumnData Read(ParquetRowGroupReader rows, DataField field, string file)
    {
        try
        {
            return rows.ReadRawColumnDataBaseAsync(field).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InputException($"'{file}', column '{field.Path}', cannot be read ({e.Message.TrimEnd('.')}); write the file again.", e);
        }
    }

    private static float[] Values(RawColumnData column) => column switch
    {
        RawColumnData<float> c => c.Values.ToArray(),
        RawColumnData<double> c => Convert(c.Values),
        RawColumnData<sbyte> c => Convert(c.Values),
        RawColumnData<byte> c => Convert(c.Values),
        RawColumnData<short> c => Convert(c.Values),
        RawColumnData<ushort> c => Convert(c.Values),
        RawColumnData<int> c => Convert(c.Values),
        RawColumnData<uint> c => Convert(c.Values),
        RawColumnData<long> c => Convert(c.Values),
        RawColumnData<ulong> c => Convert(c.Values),
        _ => throw new InvalidOperationException($"{column.GetType()} does not hold numbers."),
    };

    private static float[] Convert<T>(ReadOnlySpan<T> values)
        where T : INumberBase<T>
    {
        var converted = new float[values.Length];
        for (int i = 0; i < converted.Length; i++)
        {
            converted[i] = float.CreateTruncating(values[i]);
        }

        return converted;
    }

    private static IEnumerable<T> WithMissing<T>(T[] values, int[] definitions, int defined, T missing)
    {
        int next = 0;
        foreach (int definition in definitions)
        {
            yield return definition == defined ? values[next++] : missing;
        }
    }
}
