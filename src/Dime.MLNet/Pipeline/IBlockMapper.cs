using Microsoft.ML.Data;

namespace Dime.MLNet.Pipeline;

/// <summary>A row mapper that can also map many rows at once.</summary>
internal interface IBlockMapper : IRowMapper
{
    /// <summary>Makes room for a block of rows of one cursor.</summary>
    /// <param name="source">Gives the values of the row that is being read.</param>
    /// <param name="activeOutput">Which of the output columns will be asked for; at least one.</param>
    /// <param name="capacity">The most rows the block will have.</param>
    IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity);
}
