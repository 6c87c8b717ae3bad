using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Internals;

/// <summary>The shapes of schemas, with which estimators promise their output.</summary>
internal static class SchemaShapes
{
    public static SchemaShape.Column ScalarColumn(string name, PrimitiveDataViewType type) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, type, isKey: false);

    public static SchemaShape.Column VectorColumn(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey: false);

    /// <summary>A vector of which each value has a name.</summary>
    public static SchemaShape.Column NamedSlotsColumn(string name, PrimitiveDataViewType itemType) => new(
        name,
        SchemaShape.Column.VectorKind.Vector,
        itemType,
        isKey: false,
        new SchemaShape([VectorColumn("SlotNames", TextDataViewType.Instance)]));

    /// <summary>The shape with further columns; one of the same name is replaced, as the later column hides it.</summary>
    public static SchemaShape Append(SchemaShape shape, params SchemaShape.Column[] added) =>
        new([.. shape.ExceptBy(added.Select(c => c.Name), c => c.Name), .. added]);
}
