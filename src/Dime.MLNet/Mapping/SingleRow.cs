using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>Maps the row a cursor stands on, once however many columns ask: a block with one slot.</summary>
internal sealed class SingleRow(DataViewRow row, IMappedBlock block)
{
    // The position of no row, not even of one that is yet to be read.
    private const long Nowhere = long.MinValue;

    private long _position = Nowhere;

    /// <summary>The getters of a mapper's active outputs, null for the others; what a block mapper answers to <see cref="IRowMapper.CreateGetters"/>.</summary>
    /// <param name="mapper">The mapper.</param>
    /// <param name="input">The row, or a cursor over rows.</param>
    /// <param name="outputs">The number of its outputs.</param>
    /// <param name="activeOutput">Which of them will be asked for.</param>
    /// <param name="disposer">Disposes the block.</param>
    public static Delegate[] CreateGetters(IBlockMapper mapper, DataViewRow input, int outputs, Func<int, bool> activeOutput, out Action? disposer)
    {
        disposer = null;
        var getters = new Delegate[outputs];
        int[] active = [.. Enumerable.Range(0, outputs).Where(activeOutput)];
        if (active.Length > 0)
        {
            IMappedBlock block = mapper.CreateBlock(new RowSource(input), activeOutput, capacity: 1);
            disposer = block.Dispose;
            var row = new SingleRow(input, block);
            foreach (int i in active)
            {
                getters[i] = row.GetterOf(i);
            }
        }

        return getters;
    }

    private Delegate GetterOf(int output) => block.GetterOf(output, Slot);

    private int Slot()
    {
        if (_position != row.Position)
        {
            // Until the row is computed, whatever becomes of it, the block holds none.
            _position = Nowhere;
            block.Read(0);
            block.Compute(1);
            _position = row.Position;
        }

        return 0;
    }
}
