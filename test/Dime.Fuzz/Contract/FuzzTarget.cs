namespace Dime.Fuzz.Contract;

/// <summary>Something that reads what strangers wrote, and what it may answer.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line, and of its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>What may be allocated beside four times the input: buffers of fixed size, and what small inputs cost by their number of parts.</summary>
    public virtual long AllowanceBytes => 16 << 20;

    /// <summary>Whether an exception is one that the documentation promises for bad input.</summary>
    public abstract bool Allows(Exception exception);

    /// <summary>What is made of an input before it is read: itself, and where a checksum would hide all that lies behind it, the same with the right one.</summary>
    public virtual IEnumerable<byte[]> FormsOf(byte[] input) => [input];

    /// <summary>Reads an input, and uses what comes of it.</summary>
    /// <exception cref="Exception">One that is allowed, where the input is refused.</exception>
    public abstract void Run(ReadOnlySpan<byte> input);

    /// <summary>Inputs to begin with: what is written today.</summary>
    public abstract IEnumerable<Seed> Seeds();
}

/// <param name="Name">The name of its file.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Seed(string Name, byte[] Content);
