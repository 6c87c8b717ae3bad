using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>The checks of the columns that are read; each error names the column and the remedy.</summary>
internal static class FeatureColumn
{
    /// <summary>Finds the embeddings in a schema.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it does not hold embeddings.</exception>
    public static DataViewSchema.Column Require(DataViewSchema schema, string name, string parameterName)
    {
        DataViewSchema.Column column = RequireVector(schema, name, parameterName);
        IReadOnlyList<int> dimensions = ((VectorDataViewType)column.Type).Dimensions;
        return dimensions.Count(length => length > 1) <= 1
            ? column
            : throw new ArgumentException(
                $"Column '{name}' is a feature map of {string.Join('×', dimensions)}, not an embedding: pool it first, "
                + $"with mlContext.Transforms.GlobalAveragePool(\"{name}\"), or extract it with PoolFeatureMaps = false and Flatten = true where positions matter.",
                parameterName);
    }

    /// <summary>Finds vectors in a schema, whatever their dimensions.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it does not hold vectors of Single of known size.</exception>
    public static DataViewSchema.Column RequireVector(DataViewSchema schema, string name, string parameterName)
    {
        DataViewSchema.Column column = RequireColumn(schema, name, parameterName);
        if (column.Type is not VectorDataViewType vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw WrongType(name, column.Type.ToString()!, parameterName);
        }

        return vector.IsKnownSize ? column : throw UnknownSize(name, parameterName);
    }

    /// <summary>The length of the embeddings in a column that passed the checks.</summary>
    public static int Dimension(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).Size;

    /// <summary>The same checks where only the shape of the schema is known yet; it does not tell a feature map from a vector.</summary>
    public static void Require(SchemaShape schema, string name, string parameterName)
    {
        SchemaShape.Column column = RequireColumn(schema, name, parameterName);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType != NumberDataViewType.Single)
        {
            throw WrongType(name, Describe(column), parameterName);
        }

        if (column.Kind == SchemaShape.Column.VectorKind.VariableVector)
        {
            throw UnknownSize(name, parameterName);
        }
    }

    public static DataViewSchema.Column RequireWeight(DataViewSchema schema, string name, string parameterName)
    {
        DataViewSchema.Column column = RequireColumn(schema, name, parameterName);
        return column.Type == NumberDataViewType.Single ? column : throw WrongWeight(name, column.Type.ToString()!, parameterName);
    }

    public static void RequireWeight(SchemaShape schema, string name, string parameterName)
    {
        SchemaShape.Column column = RequireColumn(schema, name, parameterName);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType != NumberDataViewType.Single)
        {
            throw WrongWeight(name, Describe(column), parameterName);
        }
    }

    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static DataViewSchema.Column RequireColumn(DataViewSchema schema, string name, string parameterName) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Select(c => c.Name), parameterName);

    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static SchemaShape.Column RequireColumn(SchemaShape schema, string name, string parameterName)
    {
        foreach (SchemaShape.Column column in schema)
        {
            if (column.Name == name)
            {
                return column;
            }
        }

        throw Missing(name, schema.Select(c => c.Name), parameterName);
    }

    /// <summary>The type of a column in words, for messages.</summary>
    public static string Describe(SchemaShape.Column column) =>
        column.Kind == SchemaShape.Column.VectorKind.Scalar ? $"{column.ItemType}" : $"Vector<{column.ItemType}>";

    private static ArgumentException Missing(string name, IEnumerable<string> present, string parameterName) => new(
        $"There is no column '{name}'. The columns are: {string.Join(", ", present.Distinct().Select(n => $"'{n}'"))}.", parameterName);

    private static ArgumentException WrongType(string name, string type, string parameterName) => new(
        $"Column '{name}' is of type {type}; wanted is a vector of Single of known size. "
        + "ConvertType changes the type of numbers, Concatenate makes a vector of scalars.",
        parameterName);

    private static ArgumentException UnknownSize(string name, string parameterName) => new(
        $"The vectors of column '{name}' have no known size; wanted is one size for all. "
        + "Give the size where the column is made, for example with [VectorType(128)] or in the ONNX model's output shape.",
        parameterName);

    private static ArgumentException WrongWeight(string name, string type, string parameterName) => new(
        $"Column '{name}' is of type {type}; weights must be Single. ConvertType changes the type.", parameterName);
}
