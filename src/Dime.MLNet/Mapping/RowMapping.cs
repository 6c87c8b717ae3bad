using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Mapping;

/// <summary>The three faces of a row-to-row transformer, all from the one function that binds it to a schema.</summary>
internal static class RowMapping
{
    public static DataViewSchema OutputSchema(DataViewSchema inputSchema, Func<DataViewSchema, IRowMapper> bind)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowToRowMapperTransform.GetOutputSchema(inputSchema, bind(inputSchema));
    }

    public static IDataView Transform(IHost host, IDataView input, Func<DataViewSchema, IRowMapper> bind)
    {
        ArgumentNullException.ThrowIfNull(input);
        IRowMapper mapper = bind(input.Schema);
        return mapper is IBlockMapper blocks
            ? new BlockMappingView(host, input, blocks, bind)
            : new RowToRowMapperTransform(host, input, mapper, bind);
    }

    public static IRowToRowMapper Mapper(IHost host, DataViewSchema inputSchema, Func<DataViewSchema, IRowMapper> bind)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowToRowMapperTransform(host, new EmptyDataView(host, inputSchema), bind(inputSchema), bind);
    }
}
