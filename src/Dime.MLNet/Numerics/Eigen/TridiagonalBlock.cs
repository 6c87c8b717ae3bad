namespace Dime.MLNet.Numerics.Eigen;

/// <summary>Eigenpairs of a diagonal block of a tridiagonal matrix; the vectors are the rows of a row-major matrix.</summary>
internal sealed unsafe class TridiagonalBlock : IDisposable
{
    private readonly AlignedBuffer<double> _vectors;

    /// <summary>Room for eigenpairs of a block, in the order in which they will be found.</summary>
    public TridiagonalBlock(int order, int count)
    {
        Order = order;
        Stride = VectorOperations.PadStride(order);
        Values = new double[count];
        Ascending = new int[count];
        _vectors = AlignedBuffer<double>.Uninitialized((long)count * Stride);
    }

    public int Order { get; }

    public int Count => Values.Length;

    /// <summary>The distance between rows of vectors; what lies between vectors is arbitrary.</summary>
    public int Stride { get; }

    public double[] Values { get; }

    /// <summary>The rows by ascending value.</summary>
    public int[] Ascending { get; }

    public double* Vector(int row) => _vectors.Start + ((nint)row * Stride);

    /// <summary>Fills in <see cref="Ascending"/> once all values are known.</summary>
    public void Sort()
    {
        for (int i = 0; i < Ascending.Length; i++)
        {
            Ascending[i] = i;
        }

        // Equal values stay in the order of their rows, so that results do not depend on the sort.
        Array.Sort(Ascending, (a, b) => Values[a] != Values[b] ? Values[a].CompareTo(Values[b]) : a.CompareTo(b));
    }

    /// <summary>A copy of the pairs with the largest values.</summary>
    public TridiagonalBlock Take(int largest)
    {
        var result = new TridiagonalBlock(Order, largest);
        for (int i = 0; i < largest; i++)
        {
            int row = Ascending[Count - largest + i];
            result.Values[i] = Values[row];
            new ReadOnlySpan<double>(Vector(row), Order).CopyTo(new Span<double>(result.Vector(i), Order));
        }

        result.Sort();
        return result;
    }

    public void Dispose() => _vectors.Dispose();
}
