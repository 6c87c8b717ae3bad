namespace Dime.MLNet.Mapping;

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
