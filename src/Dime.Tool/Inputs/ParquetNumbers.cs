using System.Globalization;
using System.Numerics;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Dime.Tool.Inputs;

/// <summary>Columns of a group of rows of a Parquet file, in single precision; a missing value is NaN. A column that is damaged is an <see cref="InputException"/>.</summary>
internal static class ParquetNumbers
{
    private static readonly HashSet<Type> _wholeTypes =
    [
        typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
    ];

    /// <summary>What a column holds.</summary>
    public static CellKind KindOf(DataField field)
    {
        bool isWhole = _wholeTypes.Contains(field.ClrType);
        bool isNumeric = isWhole || field.ClrType == typeof(float) || field.ClrType == typeof(double);
        return (field.MaxRepetitionLevel, isNumeric) switch
        {
            (0, true) => isWhole ? CellKind.WholeNumbers : CellKind.Numbers,
            (1, true) => CellKind.NumberLists,
            (0, false) when field.ClrType == typeof(ReadOnlyMemory<char>) => CellKind.Text,
            _ => CellKind.Other,
        };
    }

    /// <summary>A value for each row.</summary>
    public static float[] Cells(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        float[] values = Values<float>(column);
        return field.MaxDefinitionLevel == 0 ? values : [.. WithMissing(values, column.DefinitionLevels.ToArray(), field.MaxDefinitionLevel, float.NaN)];
    }

    /// <summary>A list for each row.</summary>
    public static List<float[]> Lists(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        var values = new Queue<float>(Values<float>(column));
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

    /// <summary>The first values that are not missing.</summary>
    public static double[] First(ParquetRowGroupReader rows, DataField field, string file, int count)
    {
        using RawColumnData column = Read(rows, field, file);
        return [.. Values<double>(column).Where(value => !double.IsNaN(value)).Take(count)];
    }

    /// <summary>A text for each row, digit for digit where it is a number; empty where it is missing.</summary>
    public static string[] Texts(ParquetRowGroupReader rows, DataField field, string file)
    {
        using RawColumnData column = Read(rows, field, file);
        string[] values = Texts(column);
        return field.MaxDefinitionLevel == 0 ? values : [.. WithMissing(values, column.DefinitionLevels.ToArray(), field.MaxDefinitionLevel, "")];
    }

    private static RawColumnData Read(ParquetRowGroupReader rows, DataField field, string file)
    {
        try
        {
            return rows.ReadRawColumnDataBaseAsync(field).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (!Cause.IsOfMemory(e))
        {
            throw new InputException($"'{file}', column '{field.Path}', cannot be read ({e.Message.TrimEnd('.')}); write the file again.", e);
        }
    }

    private static T[] Values<T>(RawColumnData column)
        where T : unmanaged, INumberBase<T> => column switch
        {
            RawColumnData<T> c => c.Values.ToArray(),
            RawColumnData<float> c => Convert<float, T>(c.Values),
            RawColumnData<double> c => Convert<double, T>(c.Values),
            RawColumnData<sbyte> c => Convert<sbyte, T>(c.Values),
            RawColumnData<byte> c => Convert<byte, T>(c.Values),
            RawColumnData<short> c => Convert<short, T>(c.Values),
            RawColumnData<ushort> c => Convert<ushort, T>(c.Values),
            RawColumnData<int> c => Convert<int, T>(c.Values),
            RawColumnData<uint> c => Convert<uint, T>(c.Values),
            RawColumnData<long> c => Convert<long, T>(c.Values),
            RawColumnData<ulong> c => Convert<ulong, T>(c.Values),
            _ => throw new InvalidOperationException($"{column.GetType()} does not hold numbers."),
        };

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        var converted = new TTo[values.Length];
        NumberType.Convert(values, converted);
        return converted;
    }

    private static string[] Texts(RawColumnData column) => column switch
    {
        RawColumnData<ReadOnlyMemory<char>> c => Texts(c.Values),
        RawColumnData<float> c => Texts(c.Values),
        RawColumnData<double> c => Texts(c.Values),
        RawColumnData<sbyte> c => Texts(c.Values),
        RawColumnData<byte> c => Texts(c.Values),
        RawColumnData<short> c => Texts(c.Values),
        RawColumnData<ushort> c => Texts(c.Values),
        RawColumnData<int> c => Texts(c.Values),
        RawColumnData<uint> c => Texts(c.Values),
        RawColumnData<long> c => Texts(c.Values),
        RawColumnData<ulong> c => Texts(c.Values),
        _ => throw new InvalidOperationException($"{column.GetType()} holds neither text nor numbers."),
    };

    private static string[] Texts<T>(ReadOnlySpan<T> values)
    {
        string[] texts = new string[values.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = string.Create(CultureInfo.InvariantCulture, $"{values[i]}");
        }

        return texts;
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
