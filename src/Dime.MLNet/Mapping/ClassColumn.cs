using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>Reads the class of a row: a key, text, a Boolean or a whole number.</summary>
internal static class ClassColumn
{
    /// <summary>What a row has whose class is not known.</summary>
    public const int Unknown = -1;

    /// <summary>Finds the classes in a schema.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it does not hold classes.</exception>
    public static DataViewSchema.Column Require(DataViewSchema schema, string name, string parameterName)
    {
        DataViewSchema.Column column = FeatureColumn.RequireColumn(schema, name, parameterName);
        return column.Type is KeyDataViewType || IsPossible(column.Type) ? column : throw WrongType(name, column.Type.ToString()!, parameterName);
    }

    /// <summary>The same check where only the shape of the schema is known yet.</summary>
    public static void Require(SchemaShape schema, string name, string parameterName)
    {
        SchemaShape.Column column = FeatureColumn.RequireColumn(schema, name, parameterName);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || !(column.IsKey || IsPossible(column.ItemType)))
        {
            throw WrongType(name, FeatureColumn.Describe(column), parameterName);
        }
    }

    /// <summary>Reads the number of the current row's class.</summary>
    /// <param name="source">Gives the row's values.</param>
    /// <param name="column">A column that passed the checks.</param>
    /// <param name="numberOf">The number of a class by its name; asked once for each class.</param>
    public static Func<int> Reader(IColumnSource source, DataViewSchema.Column column, Func<string, int> numberOf) => column.Type switch
    {
        KeyDataViewType key => KeyReader(source, column, key, numberOf),
        TextDataViewType => TextReader(source, column, numberOf),
        BooleanDataViewType => Reader<bool>(source, column, NameOf, numberOf),
        _ => NumberReader(source, column, numberOf),
    };

    private static bool IsPossible(DataViewType type) => type is TextDataViewType or BooleanDataViewType or NumberDataViewType;

    private static Func<int> KeyReader(IColumnSource source, DataViewSchema.Column column, KeyDataViewType key, Func<string, int> numberOf)
    {
        string[]? names = KeyNames(column);
        string? NameOf(ulong value) => value == 0 ? null
            : names is not null && value <= (ulong)names.Length ? names[value - 1]
            : value.ToString(CultureInfo.InvariantCulture);
        return key.RawType switch
        {
            var raw when raw == typeof(byte) => Reader<byte>(source, column, value => NameOf(value), numberOf),
            var raw when raw == typeof(ushort) => Reader<ushort>(source, column, value => NameOf(value), numberOf),
            var raw when raw == typeof(uint) => Reader<uint>(source, column, value => NameOf(value), numberOf),
            _ => Reader<ulong>(source, column, NameOf, numberOf),
        };
    }

    private static string[]? KeyNames(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType { ItemType: var type })
        {
            return null;
        }

        // Keys of numbers and Booleans keep these as values, of which the type is known at run time only.
        Func<DataViewSchema.Column, string[]> names = KeyNames<int>;
        return (string[])names.Method.GetGenericMethodDefinition().MakeGenericMethod(type.RawType).Invoke(null, [column])!;
    }

    private static string[] KeyNames<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return
        [
            .. values.DenseValues().Select(value => value is bool flag ? NameOf(flag) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        ];
    }

    private static string NameOf(bool value) => value ? "true" : "false";

    private static Func<int> NumberReader(IColumnSource source, DataViewSchema.Column column, Func<string, int> numberOf) => column.Type.RawType switch
    {
        var raw when raw == typeof(sbyte) => WholeReader<sbyte>(source, column, numberOf),
        var raw when raw == typeof(byte) => WholeReader<byte>(source, column, numberOf),
        var raw when raw == typeof(short) => WholeReader<short>(source, column, numberOf),
        var raw when raw == typeof(ushort) => WholeReader<ushort>(source, column, numberOf),
        var raw when raw == typeof(int) => WholeReader<int>(source, column, numberOf),
        var raw when raw == typeof(uint) => WholeReader<uint>(source, column, numberOf),
        var raw when raw == typeof(long) => WholeReader<long>(source, column, numberOf),
        var raw when raw == typeof(ulong) => WholeReader<ulong>(source, column, numberOf),
        var raw when raw == typeof(float) => WholeReader<float>(source, column, numberOf),
        _ => WholeReader<double>(source, column, numberOf),
    };

    private static Func<int> WholeReader<T>(IColumnSource source, DataViewSchema.Column column, Func<string, int> numberOf)
        where T : struct, INumber<T> => Reader<T>(
        source,
        column,
        value => T.IsNaN(value) ? null
            : T.IsZero(value) ? "0" // also −0
            : T.IsInteger(value) ? value.ToString("F0", CultureInfo.InvariantCulture) // all digits, where "0" keeps seven or fifteen
            : throw new RowException(string.Create(
                CultureInfo.InvariantCulture,
                $"The class in column '{column.Name}' at row {source.Position} (counted from 0) is {value}; classes that are numbers must be whole.")),
        numberOf);

    private static Func<int> Reader<T>(IColumnSource source, DataViewSchema.Column column, Func<T, string?> nameOf, Func<string, int> numberOf)
        where T : struct
    {
        ValueGetter<T> getter = source.GetGetter<T>(column);
        var numbers = new Dictionary<T, int>();
        T value = default;
        return () =>
        {
            getter(ref value);
            if (!numbers.TryGetValue(value, out int number))
            {
                number = nameOf(value) is { } name ? numberOf(name) : Unknown;
                numbers.Add(value, number);
            }

            return number;
        };
    }

    private static Func<int> TextReader(IColumnSource source, DataViewSchema.Column column, Func<string, int> numberOf)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = source.GetGetter<ReadOnlyMemory<char>>(column);
        var numbers = new Dictionary<string, int>();
        ReadOnlyMemory<char> value = default;
        return () =>
        {
            getter(ref value);
            string name = value.ToString();
            if (!numbers.TryGetValue(name, out int number))
            {
                number = string.IsNullOrWhiteSpace(name) ? Unknown : numberOf(name);
                numbers.Add(name, number);
            }

            return number;
        };
    }

    private static ArgumentException WrongType(string name, string type, string parameterName) => new(
        $"Column '{name}' is of type {type}; classes must be a key, text, a Boolean or a whole number. MapValueToKey makes keys.", parameterName);
}
