using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Onnx.Features;

/// <summary>Checks that a column can feed an input of a network; each error names the column, the input and the remedy.</summary>
internal static class FeatureInputColumn
{
    /// <summary>Finds the column in a schema.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it is of another type or size than the input.</exception>
    public static DataViewSchema.Column Require(DataViewSchema schema, FeatureTensorColumn input, string parameterName)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(input.Column) ?? throw Missing(input, schema.Select(each => each.Name), parameterName);
        DataViewType type = column.Type;
        RequireItemType((type as VectorDataViewType)?.ItemType ?? type, type.ToString()!, input, parameterName);

        int size = type is VectorDataViewType vector ? vector.Size : 1;
        if (size == 0)
        {
            throw UnknownSize(input, parameterName);
        }

        return size == input.Tensor.RowSize
            ? column
            : throw new ArgumentException(
                $"Column '{input.Column}' has {size} values a row; input {input.Tensor} of the network takes {input.Tensor.RowSize}. "
                + "Bring the column to that size, with ResizeImages where it holds pixels.",
                parameterName);
    }

    /// <summary>The same checks where only the shape of the schema is known yet; it does not tell sizes.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it is of another type than the input.</exception>
    public static void Require(SchemaShape schema, FeatureTensorColumn input, string parameterName)
    {
        foreach (SchemaShape.Column column in schema.Where(column => column.Name == input.Column))
        {
            RequireItemType(column.IsKey ? null : column.ItemType, column.IsKey ? "a key" : column.ItemType.ToString()!, input, parameterName);
            if (column.Kind == SchemaShape.Column.VectorKind.VariableVector)
            {
                throw UnknownSize(input, parameterName);
            }

            return;
        }

        throw Missing(input, schema.Select(column => column.Name), parameterName);
    }

    private static void RequireItemType(DataViewType? itemType, string described, FeatureTensorColumn input, string parameterName)
    {
        PrimitiveDataViewType wanted = FeatureInput.ItemType(input.Tensor.ElementType) ?? throw new ArgumentException(
            $"Input {input.Tensor} of the network is of a type that no column has. Cast it in the network.", parameterName);
        if (!wanted.Equals(itemType))
        {
            throw new ArgumentException(
                $"Column '{input.Column}' is of type {described}; input {input.Tensor} of the network takes {wanted}. ConvertType changes the type of numbers.",
                parameterName);
        }
    }

    private static ArgumentException Missing(FeatureTensorColumn input, IEnumerable<string> present, string parameterName) => new(
        $"There is no column '{input.Column}' for input {input.Tensor} of the network. The columns are: {string.Join(", ", present.Distinct().Select(name => $"'{name}'"))}.",
        parameterName);

    private static ArgumentException UnknownSize(FeatureTensorColumn input, string parameterName) => new(
        $"The vectors of column '{input.Column}' have no known size; input {input.Tensor} of the network takes {input.Tensor.RowSize} values a row. "
        + $"Give the size where the column is made, for example with [VectorType({input.Tensor.RowSize})].",
        parameterName);
}
