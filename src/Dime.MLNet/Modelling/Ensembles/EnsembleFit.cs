using Dime.MLNet.Modelling.Covariances;
using Kind = Dime.MLNet.OutOfDistributionScoreKind;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>From sums to an ensemble: a model for each group of scores.</summary>
internal static class EnsembleFit
{
    private const int FewestClasses = 2;

    /// <param name="layout">The columns of a row.</param>
    /// <param name="scores">The scores of the ensemble.</param>
    /// <param name="groups">The groups of these scores.</param>
    /// <param name="columns">The sums that they need.</param>
    /// <param name="classes">The classes of the rows; null where no score needs them.</param>
    /// <param name="explainedVarianceThreshold">What a hyperplane must explain where its rank is not given.</param>
    public static ModelledEnsemble Run(
        EmbeddingLayout layout,
        OutOfDistributionScore[] scores,
        ScoreGroup[] groups,
        ColumnSums[] columns,
        ClassWeights? classes,
        double explainedVarianceThreshold)
    {
        // By their names, so that the numbers that classes happen to have do not change a bit.
        int[] order = classes?.InOrderOfNames() ?? [];
        ILookup<bool, string> names = order.ToLookup(c => ClassSum.HasMeanOf(classes![c]), c => classes!.Names[c]);
        if (classes is not null)
        {
            // Of each column the sums are of the same rows.
            RequireClasses(groups, names[true].Count(), classes.Count, isWeighted: columns[0].Total.TotalWeight != columns[0].Total.Count);
        }

        IScoreModel Fit(ScoreGroup group)
        {
            switch (group.Family)
            {
                case ScoreFamily.Hyperplane:
                    return FitHyperplane(group, SumsOf(group, columns).Total, explainedVarianceThreshold);
                case ScoreFamily.Mahalanobis:
                    ColumnSums sums = SumsOf(group, columns);
                    return MahalanobisFit.Run(group, sums.Total, group.NeedsClasses ? sums.ClassSums(classes!, order) : null);
                case ScoreFamily.FeatureNorm:
                    return new FeatureNorm(group.Column.Dimension);
                default:
                    return new LogitEnergy(group.Column.Dimension);
            }
        }

        return new ModelledEnsemble(layout, scores, groups, [.. groups.Select(Fit)], [.. names[true]], [.. names[false]]);
    }

    private static ColumnSums SumsOf(ScoreGroup group, ColumnSums[] columns) =>
        columns.First(sums => sums.Column == group.Column && sums.Total.Normalizes == group.Normalizes);

    private static void RequireClasses(ScoreGroup[] groups, int count, int all, bool isWeighted)
    {
        if (count < FewestClasses)
        {
            throw new InvalidOperationException(
                $"{groups.First(group => group.NeedsClasses).NameOfClassScore} needs {FewestClasses} classes with two rows or more; {count} of {all} have them. "
                + (isWeighted ? "Rows count by their weights, 2 as two rows: scale them to about 1. " : "")
                + $"Use {nameof(Kind.Mahalanobis)}, which needs no classes, or give more rows.");
        }
    }

    private static HyperplaneScores FitHyperplane(ScoreGroup group, EmbeddingAccumulator sums, double explainedVarianceThreshold)
    {
        ModelledEmbedding embedding;
        try
        {
            embedding = HyperplaneFit.Run(sums, explainedVarianceThreshold, group.Rank);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new InvalidOperationException($"{group.Name} cannot be fitted: {exception.Message}", exception);
        }

        if (group.Has(Kind.WithinHyperplane) && !embedding.HasDistanceWithinHyperplane)
        {
            throw new InvalidOperationException(
                $"{group.Name} needs the covariance of the training rows: fit to two or more, of a total weight above 1.");
        }

        return new HyperplaneScores(embedding);
    }
}
