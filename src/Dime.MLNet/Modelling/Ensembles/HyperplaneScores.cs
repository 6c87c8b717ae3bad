using System.Buffers;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>DIME's two distances as scores of an ensemble.</summary>
internal sealed class HyperplaneScores(ModelledEmbedding embedding) : IScoreModel
{
    public ModelledEmbedding Embedding => embedding;

    public long Work => (long)embedding.Dimension * embedding.Rank;

    public void Measure(in ColumnRows rows, in RowScores scores)
    {
        // A single row lies side by side as it is.
        if (rows.Count == 1)
        {
            Measure(rows[0], 1, scores);
            return;
        }

        int length = rows.Count * rows.Dimension;
        float[] rented = ArrayPool<float>.Shared.Rent(length);
        rows.CopyTo(rented);
        Measure(rented.AsSpan(0, length), rows.Count, scores);
        ArrayPool<float>.Shared.Return(rented);
    }

    private void Measure(ReadOnlySpan<float> rows, int count, in RowScores scores)
    {
        Span<float> distances = stackalloc float[scores.Want(OutOfDistributionScoreKind.Hyperplane) ? count : 0];
        Span<float> withinDistances = stackalloc float[scores.Want(OutOfDistributionScoreKind.WithinHyperplane) ? count : 0];
        embedding.Measure(rows, distances, withinDistances);
        for (int i = 0; i < distances.Length; i++)
        {
            scores.Set(i, OutOfDistributionScoreKind.Hyperplane, distances[i]);
        }

        for (int i = 0; i < withinDistances.Length; i++)
        {
            scores.Set(i, OutOfDistributionScoreKind.WithinHyperplane, withinDistances[i]);
        }
    }
}
