using Dime.Fuzz.Contract;
using Dime.Server.Errors;
using Dime.Tool.Inputs;

namespace Dime.Fuzz.Targets;

/// <summary>NumPy's matrices, as the tool reads them: all rows of a file.</summary>
internal sealed class NpyTarget : FuzzTarget
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"dime-fuzz-{Environment.ProcessId}.npy");

    public override string Name => "npy";

    public override bool Allows(Exception exception) => exception is InputException;

    public override void Run(ReadOnlySpan<byte> input)
    {
        File.WriteAllBytes(_path, input);
        try
        {
            using var reader = new NpyEmbeddings(_path, model: null);
            long rows = reader.Read().LongCount();
            if (rows != reader.RowCount)
            {
                throw new NotSupportedException($"{rows} rows were read of {reader.RowCount}.");
            }
        }
        finally
        {
            File.Delete(_path);
        }
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        Of("singles.npy", "<f4", fortran: false, 2, 3, version: 1, new byte[24]),
        Of("doubles.npy", ">f8", fortran: true, 2, 3, version: 2, new byte[48]),
        Of("halves.npy", "<f2", fortran: false, 2, 3, version: 3, new byte[12]),
        Of("bytes.npy", "|u1", fortran: true, 4, 1, version: 1, [1, 2, 3, 4]),
        Of("truths.npy", "|b1", fortran: false, 1, 2, version: 1, [1, 0]),
        Of("none.npy", "<i8", fortran: false, 0, 2, version: 1, []),
    ];

    private static Seed Of(string name, string type, bool fortran, int rows, int columns, byte version, byte[] items)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({rows}, {columns}), }}\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return new Seed(name, [0x93, .. "NUMPY"u8, version, 0, .. length, .. header.Select(c => (byte)c), .. items]);
    }
}
