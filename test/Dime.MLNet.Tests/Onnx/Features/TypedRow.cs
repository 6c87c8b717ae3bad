using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>Columns of every type that a network can take.</summary>
internal sealed class TypedRow
{
    public float Number { get; set; }

    public long Scalar { get; set; }

    [VectorType(3)]
    public float[] Singles { get; set; } = [];

    [VectorType(3)]
    public double[] Doubles { get; set; } = [];

    [VectorType(3)]
    public sbyte[] SBytes { get; set; } = [];

    [VectorType(3)]
    public short[] Int16s { get; set; } = [];

    [VectorType(3)]
    public int[] Int32s { get; set; } = [];

    [VectorType(3)]
    public long[] Int64s { get; set; } = [];

    [VectorType(3)]
    public byte[] Bytes { get; set; } = [];

    [VectorType(3)]
    public ushort[] UInt16s { get; set; } = [];

    [VectorType(3)]
    public uint[] UInt32s { get; set; } = [];

    [VectorType(3)]
    public ulong[] UInt64s { get; set; } = [];

    [VectorType(3)]
    public bool[] Booleans { get; set; } = [];

    [VectorType(3)]
    public VBuffer<float> Sparse { get; set; }

    [VectorType(4)]
    public float[] Long { get; set; } = [];

    public float[] Ragged { get; set; } = [];

    public static TypedRow[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => new TypedRow
    {
        Number = i,
        Scalar = 7 * i,
        Singles = [i, i + 1, 100],
        Doubles = [i, i + 1, 100],
        SBytes = [(sbyte)i, (sbyte)(i + 1), 100],
        Int16s = [(short)i, (short)(i + 1), 100],
        Int32s = [i, i + 1, 100],
        Int64s = [i, i + 1, 100],
        Bytes = [(byte)i, (byte)(i + 1), 100],
        UInt16s = [(ushort)i, (ushort)(i + 1), 100],
        UInt32s = [(uint)i, (uint)(i + 1), 100],
        UInt64s = [(ulong)i, (ulong)(i + 1), 100],
        Booleans = [i == 1, i == 2, i == 3],
        Sparse = new VBuffer<float>(3, 1, [i], [1]),
        Long = [1, 2, 3, 4],
        Ragged = [1, 2, 3],
    })];

    internal sealed class Prediction
    {
        public float[] Result { get; set; } = [];
    }
}
