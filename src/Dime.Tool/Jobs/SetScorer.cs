using Dime.Server.Models;
using Dime.Tool.Inputs;
using Dime.Tool.Report.Figures;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>Scores sets whose kind is known, for figures and reports.</summary>
internal static class SetScorer
{
    private const int MostOutlyingRows = 12;

    /// <param name="context">What the command works with.</param>
    /// <param name="model">A model.</param>
    /// <param name="set">The set.</param>
    /// <param name="embeddings">How a file of embeddings is read.</param>
    /// <param name="skipsUnreadable">Whether images that cannot be read are left out.</param>
    /// <returns>What the model says of the set, and what was taken from its file of embeddings; null for images.</returns>
    /// <exception cref="InputException">The set has no rows, or cannot be read.</exception>
    public static (ScoredSet Set, TakenColumns? Columns) Score(
        ToolContext context, SavedModel model, NamedSet set, EmbeddingOptions embeddings, bool skipsUnreadable)
    {
        using ScoredRows rows = new(model, set.Path, embeddings, skipsUnreadable);
        using RowProgress progress = new(context.Console, $"Scoring {set.Name}", rows.RowCount, context.Cancelled);
        List<float> distances = [];
        List<float> probabilities = [];
        List<float>[] scores = [.. model.Scores.Select(_ => new List<float>())];
        long flagged = 0;

        // The nearest of the kept rows stands first: it is the next to go. Of equals the first row stays.
        var nearestFirst = new PriorityQueue<RowScore, (float Distance, long Row)>();
        foreach (RowScore score in rows.Read(progress))
        {
            nearestFirst.Enqueue(score, (score.Distance, -distances.Count));
            if (nearestFirst.Count > MostOutlyingRows)
            {
                nearestFirst.Dequeue();
            }

            distances.Add(score.Distance);
            foreach ((List<float> all, float one) in scores.Zip(score.ScoreProbabilities))
            {
                all.Add(one);
            }

            if (score is { Probability: { } probability, IsOutOfDistribution: { } isFlagged })
            {
                probabilities.Add(probability);
                flagged += isFlagged ? 1 : 0;
            }
        }

        if (distances.Count == 0)
        {
            throw new InputException($"'{set.Path}' has no rows; give a set that has some.");
        }

        OutlyingRow[] farthest = [.. nearestFirst.UnorderedItems
            .OrderByDescending(item => item.Priority)
            .Select(item => new OutlyingRow(item.Element.Id, model.TakesImages ? item.Element.Id : null, item.Element.Distance, item.Element.Probability))];
        var scored = new ScoredSet(
            set.Name, set.Role, [.. distances], [.. probabilities], model.Detector.IsCalibrated ? flagged : null, farthest, rows.Unreadable)
        {
            ScoreProbabilities = [.. scores.Select(all => all.ToArray())],
        };
        return (scored, rows.Columns);
    }
}
