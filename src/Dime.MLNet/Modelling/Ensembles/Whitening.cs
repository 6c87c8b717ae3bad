using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// Takes embeddings to where a covariance is the identity: y = ((x − x̄) / σ)·W. Centred and divided in double precision
/// and rounded once, so that a mean far from 0 costs no digits.
/// </summary>
internal sealed class Whitening
{
    private readonly double[] _reciprocals;
    private readonly Projection _projection;

    /// <param name="mean">x̄, P values.</param>
    /// <param name="deviation">σ, P values above 0.</param>
    /// <param name="matrix">W, row-major P×m.</param>
    /// <param name="normalizes">Whether x / max(‖x‖₂, 1e-12) is whitened in the place of x.</param>
    public Whitening(double[] mean, double[] deviation, float[] matrix, bool normalizes)
    {
        Mean = mean;
        Deviation = deviation;
        Matrix = matrix;
        Normalizes = normalizes;
        _reciprocals = Array.ConvertAll(deviation, value => 1 / value);
        _projection = new Projection(matrix, mean.Length);
    }

    public double[] Mean { get; }

    public double[] Deviation { get; }

    public float[] Matrix { get; }

    public bool Normalizes { get; }

    /// <summary>P.</summary>
    public int Dimension => _projection.Dimension;

    /// <summary>m.</summary>
    public int Rank => _projection.Rank;

    /// <param name="rows">The embeddings.</param>
    /// <param name="standardized">Room for N×P values.</param>
    /// <param name="whitened">Receives N×m values.</param>
    public void Apply(in ColumnRows rows, Span<float> standardized, Span<float> whitened)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            Standardize(rows[i], standardized.Slice(i * Dimension, Dimension));
        }

        _projection.Project(standardized, whitened, maxDegreeOfParallelism: 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Standardize(ReadOnlySpan<float> row, Span<float> standardized)
    {
        double factor = Normalizes ? UnitLength.FactorOf(row) : 1;
        int i = 0;
        for (; i + Vector256<float>.Count <= row.Length; i += Vector256<float>.Count)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Create(row[i..]));
            int next = i + Vector256<double>.Count;
            low = ((low * factor) - Vector256.Create(Mean.AsSpan(i))) * Vector256.Create(_reciprocals.AsSpan(i));
            high = ((high * factor) - Vector256.Create(Mean.AsSpan(next))) * Vector256.Create(_reciprocals.AsSpan(next));
            Vector256.Narrow(low, high).CopyTo(standardized[i..]);
        }

        for (; i < row.Length; i++)
        {
            standardized[i] = (float)(((row[i] * factor) - Mean[i]) * _reciprocals[i]);
        }
    }
}
