using Dime.MLNet.Modelling;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>Rows with what a model says of them, such as a window takes them in.</summary>
/// <param name="embeddings">Row-major rows of all columns; empty where only probabilities are known.</param>
/// <param name="probabilities">Of each row.</param>
/// <param name="scoreProbabilities">Row-major, of each score; empty where they are not known, or there are none.</param>
/// <param name="nonFinite">Whether a row has a value that is not finite.</param>
internal readonly ref struct MeasuredRows(
    ReadOnlySpan<float> embeddings, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> scoreProbabilities, ReadOnlySpan<bool> nonFinite)
{
    public int Count => Probabilities.Length;

    public ReadOnlySpan<float> Embeddings { get; } = embeddings;

    public ReadOnlySpan<float> Probabilities { get; } = probabilities;

    public ReadOnlySpan<float> ScoreProbabilities { get; } = scoreProbabilities;

    public ReadOnlySpan<bool> NonFinite { get; } = nonFinite;

    /// <summary>Some of the rows.</summary>
    public MeasuredRows Slice(int first, int count)
    {
        int width = Embeddings.Length / Count, scores = ScoreProbabilities.Length / Count;
        return new MeasuredRows(
            Embeddings.Slice(first * width, count * width),
            Probabilities.Slice(first, count),
            ScoreProbabilities.Slice(first * scores, count * scores),
            NonFinite.Slice(first, count));
    }

    /// <summary>Measures embeddings.</summary>
    /// <param name="reference">What they are compared with; it has a model.</param>
    /// <param name="rows">Whole rows of all columns.</param>
    public static MeasuredRows Of(DriftReference reference, ReadOnlySpan<float> rows)
    {
        IDetectorModel model = reference.Model!;
        int count = rows.Length / model.Dimensions.Sum();
        float[] probabilities = new float[count];
        float[] scores = new float[RowShape.RequireArray(count, reference.Scores.Length, nameof(rows))];
        bool[] nonFinite = new bool[count];
        model.Measure(rows, probabilities, [], scores);
        for (int i = 0; i < count; i++)
        {
            nonFinite[i] = !float.IsFinite(probabilities[i]);
        }

        reference.Distances!.ReplaceByProbabilities(probabilities);
        return new MeasuredRows(rows, probabilities, scores, nonFinite);
    }
}
