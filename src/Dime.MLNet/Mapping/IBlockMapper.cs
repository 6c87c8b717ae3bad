using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>A row mapper that can also map many rows at once.</summary>
internal interface IBlockMapper : IRowMapper
{
    /// <summary>The most rows that a block should have; null where that follows from the size of the input.</summary>
    int? PreferredBlockRows => null;

    /// <summary>A block of fewer rows takes as long as one of this many.</summary>
    int LeastBlockRows => 1;

    /// <summary>Makes room for a block of rows of one cursor.</summary>
    /// <param name="source">Gives the values of the row that is being read.</param>
    /// <param name="activeOutput">Which of the output columns will be asked for; at least one.</param>
    /// <param name="capacity">The most rows the block will have: 1, or at most <see cref="PreferredBlockRows"/> where that is stated.</param>
    /// <returns>The block; whoever made the cursor disposes it.</returns>
    IMappedBlock CreateBlock(IColumnSource source, Func<int, bool> activeOutput, int capacity);
}

/// <summary>A block of rows on its way through a mapper: each row is read into a slot, then all are computed.</summary>
internal interface IMappedBlock : IDisposable
{
    /// <summary>Reads the input of the source's current row.</summary>
    void Read(int slot);

    /// <summary>Computes the outputs of the first slots.</summary>
    void Compute(int count);

    /// <summary>The getter of an active output column.</summary>
    /// <param name="output">The index of the column among the outputs.</param>
    /// <param name="slot">Tells the slot whose value is wanted.</param>
    Delegate GetterOf(int output, Func<int> slot);
}
