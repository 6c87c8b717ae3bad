using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Detection.Training;

/// <summary>What a file says of the fit of a hyperplane.</summary>
/// <param name="ExampleWeightColumnName">The column of weights.</param>
/// <param name="ExplainedVarianceThreshold">What a hyperplane must explain where its rank is not given.</param>
/// <param name="Rank">The rank; 0 where it is not given.</param>
/// <param name="Sums">The sums.</param>
internal sealed record RestoredHyperplaneFit(string? ExampleWeightColumnName, double ExplainedVarianceThreshold, int Rank, RestoredSums Sums) : IRestoredFit
{
    public int Width => Sums.Dimension;

    public (FitSettings Fit, IRowSums Sums, IReadOnlyList<EmbeddingColumn> Columns) ToFit(ScoringSettings scoring, Func<string, InvalidDataException> invalid)
    {
        RestoredModel.Require(
            scoring.InputColumnNames.Count == 1 && scoring.ScoreProbabilitiesColumnName is null && ExplainedVarianceThreshold is > 0 and <= 1 && Rank <= Sums.Dimension,
            "its options are not possible",
            invalid);
        return (
            new HyperplaneFitSettings(ExplainedVarianceThreshold, Rank == 0 ? null : Rank, Sums.Normalizes, ExampleWeightColumnName),
            Sums.ToSums(invalid),
            RestoredEnsemble.ToLayout([(scoring.InputColumnNames[0], Sums.Dimension)], invalid));
    }
}

/// <summary>What a file says of the fit of an ensemble.</summary>
/// <param name="ExampleWeightColumnName">The column of weights.</param>
/// <param name="ExplainedVarianceThreshold">What a hyperplane must explain where its rank is not given.</param>
/// <param name="ClassColumnName">The column of classes.</param>
/// <param name="Sums">The sums.</param>
internal sealed record RestoredEnsembleFit(
    string? ExampleWeightColumnName, double ExplainedVarianceThreshold, string? ClassColumnName, RestoredEnsembleSums Sums) : IRestoredFit
{
    public int Width => Sums.Layout.Width;

    public (FitSettings Fit, IRowSums Sums, IReadOnlyList<EmbeddingColumn> Columns) ToFit(ScoringSettings scoring, Func<string, InvalidDataException> invalid)
    {
        EnsembleAccumulator sums = Sums.ToSums(invalid);
        bool hasClasses = ClassColumnName is not null;
        RestoredModel.Require(
            !scoring.NeedsDistanceWithin
            && scoring.InputColumnNames.SequenceEqual(Sums.Scores.Select(score => score.ColumnName).Distinct())
            && ExplainedVarianceThreshold is > 0 and <= 1
            && (sums.NeedsClasses ? hasClasses != sums.LogitsColumnName is not null : !hasClasses && sums.LogitsColumnName is null),
            "its options are not possible",
            invalid);
        return (
            new EnsembleFitSettings(Sums.Scores, Sums.LogitsColumnName, ExplainedVarianceThreshold, ExampleWeightColumnName, ClassColumnName),
            sums,
            Sums.Layout);
    }
}
