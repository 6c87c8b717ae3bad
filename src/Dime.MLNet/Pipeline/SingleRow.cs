using Microsoft.ML;

namespace Dime.MLNet.Pipeline;

/// <summary>Maps the row a cursor stands on, once however many columns ask: a block with one slot.</summary>
internal sealed class SingleRow(DataViewRow row, IMappedBlock block)
{
    private long _position = -1;

    public Delegate GetterOf(int output) => block.GetterOf(output, Slot);

    private int Slot()
    {
        if (_position != row.Position)
        {
            block.Read(0);
            block.Compute(1);
            _position = row.Position;
        }

        return 0;
    }
}
