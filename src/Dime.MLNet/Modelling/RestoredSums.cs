using System.Globalization;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Modelling;

/// <summary>
/// What a file says of the sums of embeddings. A checksum tells what was altered, not what was never right, so nothing is
/// believed before <see cref="ToSums"/> has checked it.
/// </summary>
/// <param name="Dimension">P.</param>
/// <param name="Normalizes">Whether the embeddings are scaled to length 1.</param>
/// <param name="Count">N.</param>
/// <param name="SkippedCount">The number of rows that were left out.</param>
internal sealed record RestoredSums(int Dimension, bool Normalizes, long Count, long SkippedCount)
{
    /// <summary>The rows, where they are kept; then there is nothing of what follows.</summary>
    public KeptRows? Rows { get; init; }

    /// <summary>Σw.</summary>
    public double Weight { get; init; }

    /// <summary>Σw·x.</summary>
    public double[] Sum { get; init; } = [];

    /// <summary>The upper triangle of Σw·xᵀx, row by row.</summary>
    public double[] Upper { get; init; } = [];

    /// <exception cref="InvalidDataException">No rows have such sums.</exception>
    public EmbeddingAccumulator ToSums(Func<string, InvalidDataException> invalid)
    {
        RestoredModel.Require(PossibleSums.IsCount(SkippedCount), $"its number of skipped rows is {SkippedCount}", invalid);
        if (Rows is not null)
        {
            CheckRows(Rows, invalid);
            return new EmbeddingAccumulator(Dimension, Rows, null, Normalizes, SkippedCount);
        }

        return new EmbeddingAccumulator(Dimension, null, ToMoment(invalid), Normalizes, SkippedCount);
    }

    private static void CheckRows(KeptRows rows, Func<string, InvalidDataException> invalid)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            RestoredModel.Require(FiniteRows.IsFinite(rows[i]), "a value is not finite", invalid);
            float weight = rows.Weight(i);
            if (!(float.IsFinite(weight) && weight >= 0))
            {
                throw invalid(string.Create(CultureInfo.InvariantCulture, $"a weight is {weight}"));
            }
        }
    }

    private SecondMoment ToMoment(Func<string, InvalidDataException> invalid)
    {
        RestoredModel.Require(Sum.Length <= SecondMoment.MaxDimension, $"its dimension is {Sum.Length}", invalid);
        RestoredModel.Require(PossibleSums.IsCount(Count), $"its number of rows is {Count}", invalid);
        RestoredModel.Require(PossibleSums.IsWeight(Weight), string.Create(CultureInfo.InvariantCulture, $"its sum of weights is {Weight}"), invalid);
        RestoredModel.Require(Array.TrueForAll(Sum, PossibleSums.IsSum) && Array.TrueForAll(Upper, PossibleSums.IsSum), "a sum is not finite, or larger than one of embeddings can be", invalid);

        int start = 0;
        return SecondMoment.Restore(Count, Weight, Sum, (row, _) =>
        {
            // A diagonal element starts each row of the triangle.
            RestoredModel.Require(Upper[start] >= 0, "a sum of squares is negative", invalid);
            Upper.AsSpan(start, row.Length).CopyTo(row);
            start += row.Length;
        });
    }
}
