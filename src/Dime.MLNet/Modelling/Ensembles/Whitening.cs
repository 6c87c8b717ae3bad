using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// Takes embeddings to where a covariance is the identity: y = ((x − x̄) / σ)·W, or ((x − x̄) / σ)·V·W with an orthonormal V
/// of few columns, where what lies outside of their span is measured too. Centred and divided in double precision
/// and rounded once, so that a mean far from 0 costs no digits.
/// </summary>
internal sealed class Whitening
{
    private readonly double[] _reciprocals;
    private readonly Projection? _basis;
    private readonly Projection _projection;

    /// <param name="mean">x̄, P values.</param>
    /// <param name="deviation">σ, P values above 0.</param>
    /// <param name="basis">V, row-major P×k; null where W takes the features themselves.</param>
    /// <param name="matrix">W, row-major P×m, or k×m.</param>
    /// <param name="normalizes">Whether x / max(‖x‖₂, 1e-12) is whitened in the place of x.</param>
    public Whitening(double[] mean, double[] deviation, float[]? basis, float[] matrix, bool normalizes)
    {
        Basis = basis;
        _basis = basis is null ? null : new Projection(basis, mean.Length);
        Mean = mean;
        Deviation = deviation;
        Matrix = matrix;
        Normalizes = normalizes;
        _reciprocals = Array.ConvertAll(deviation, value => 1 / value);
        _projection = new Projection(matrix, _basis?.Rank ?? mean.Length);
        Dimension = mean.Length;
    }

    public double[] Mean { get; }

    public double[] Deviation { get; }

    public float[]? Basis { get; }

    public float[] Matrix { get; }

    public bool Normalizes { get; }

    /// <summary>P.</summary>
    public int Dimension { get; }

    /// <summary>m.</summary>
    public int Rank => _projection.Rank;

    /// <summary>Multiply-adds for one row.</summary>
    public long Work => ((long)_projection.Dimension * Rank) + ((long)(_basis?.Rank ?? 0) * Dimension);

    /// <param name="rows">The embeddings.</param>
    /// <param name="standardized">Room for N×P values.</param>
    /// <param name="whitened">Receives N×m values.</param>
    /// <param name="residuals">Receives N squared lengths of what lies outside of the basis; 0 where there is none.</param>
    public void Apply(in ColumnRows rows, Span<float> standardized, Span<float> whitened, Span<double> residuals)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            Standardize(rows[i], standardized.Slice(i * Dimension, Dimension));
        }

        if (_basis is null)
        {
            residuals.Clear();
            _projection.Project(standardized, whitened, maxDegreeOfParallelism: 1);
            return;
        }

        Span<double> norms = stackalloc double[rows.Count];
        float[] rented = ArrayPool<float>.Shared.Rent(rows.Count * _basis.Rank);
        Span<float> scores = rented.AsSpan(0, rows.Count * _basis.Rank);
        _basis.Project(standardized, scores, norms, maxDegreeOfParallelism: 1);
        ResidualSums.Of(_basis, standardized, scores, norms, residuals);
        _projection.Project(scores, whitened, maxDegreeOfParallelism: 1);
        ArrayPool<float>.Shared.Return(rented);
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
