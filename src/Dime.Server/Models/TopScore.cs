using Dime.MLNet;

namespace Dime.Server.Models;

/// <summary>
/// Finds the score of an ensemble that objected most to a row: the one with the largest probability 1 − p. Where several are as large,
/// as at 1 for rows far away, the one that weighs most in the statistic, and of those the first.
/// </summary>
/// <param name="scores">The scores of the ensemble.</param>
internal sealed class TopScore(IReadOnlyList<OutOfDistributionScore> scores)
{
    /// <param name="probabilities">1 − p of each score.</param>
    /// <returns>The name of the score.</returns>
    public string Of(ReadOnlySpan<float> probabilities)
    {
        int top = 0;
        for (int i = 1; i < probabilities.Length; i++)
        {
            if ((probabilities[i], scores[i].Weight).CompareTo((probabilities[top], scores[top].Weight)) > 0)
            {
                top = i;
            }
        }

        return scores[top].Name;
    }
}
