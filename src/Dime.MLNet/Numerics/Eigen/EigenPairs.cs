namespace Dime.MLNet.Numerics.Eigen;

/// <summary>The leading eigenpairs of a symmetric positive semidefinite matrix.</summary>
internal sealed class EigenPairs
{
    internal EigenPairs(int order, double[] values, double[] vectors, double[] spectrum, double trace, int numericalRank)
    {
        Order = order;
        Values = values;
        Vectors = vectors;
        Spectrum = spectrum;
        Trace = trace;
        NumericalRank = numericalRank;
    }

    /// <summary>P, the order of the matrix.</summary>
    public int Order { get; }

    /// <summary>k, the number of pairs; above <see cref="NumericalRank"/> only where all were asked for.</summary>
    public int Count => Values.Length;

    /// <summary>The k largest eigenvalues, descending; up to the numerical rank all positive.</summary>
    public double[] Values { get; }

    /// <summary>
    /// The eigenvectors as a row-major k×P array: vector i is <c>Vectors[i·P .. (i+1)·P]</c>.
    /// They are orthonormal, and the component of largest magnitude of each is positive.
    /// </summary>
    public double[] Vectors { get; }

    /// <summary>All P eigenvalues, descending.</summary>
    public double[] Spectrum { get; }

    /// <summary>The trace of the matrix: the sum of all its eigenvalues.</summary>
    public double Trace { get; }

    /// <summary>How many of all P eigenvalues are above P·2⁻⁵²·λ₁.</summary>
    public int NumericalRank { get; }

    /// <summary>The eigenvectors as the columns of a row-major P×k single-precision basis.</summary>
    public float[] ToBasis()
    {
        float[] basis = new float[Vectors.Length];
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<double> vector = Vectors.AsSpan(i * Order, Order);
            for (int p = 0; p < vector.Length; p++)
            {
                basis[(p * Count) + i] = (float)vector[p];
            }
        }

        return basis;
    }
}
