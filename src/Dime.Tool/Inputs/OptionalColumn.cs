using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>Columns that rows have only where somebody reads them.</summary>
internal static class OptionalColumn
{
    /// <summary>Gives the column of a member its name, or takes it out.</summary>
    /// <param name="schema">The columns of the rows.</param>
    /// <param name="member">The member.</param>
    /// <param name="columnName">The name; null to take the column out.</param>
    public static void NameOrRemove(this SchemaDefinition schema, string member, string? columnName)
    {
        SchemaDefinition.Column column = schema[member];
        if (columnName is null)
        {
            schema.Remove(column);
        }
        else
        {
            column.ColumnName = columnName;
        }
    }
}
