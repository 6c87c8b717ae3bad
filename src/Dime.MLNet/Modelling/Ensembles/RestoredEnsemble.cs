using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// What a file says of a fitted ensemble, zip and ONNX alike. A checksum tells what was altered, not what was never right,
/// so nothing is believed before <see cref="ToModel"/> has checked it.
/// </summary>
/// <param name="Layout">The columns of a row.</param>
/// <param name="Scores">The scores, S of them.</param>
/// <param name="Groups">Their groups.</param>
/// <param name="ClassNames">C names; none where no score needs classes.</param>
/// <param name="LeftOutClassNames">The classes without a mean.</param>
/// <param name="Models">Of each group what was fitted.</param>
/// <param name="Calibration">Null before calibration.</param>
internal sealed record RestoredEnsemble(
    EmbeddingLayout Layout,
    OutOfDistributionScore[] Scores,
    ScoreGroup[] Groups,
    string[] ClassNames,
    string[] LeftOutClassNames,
    RestoredScoreModel[] Models,
    RestoredCalibration? Calibration)
{
    /// <exception cref="InvalidDataException">There can be no such columns.</exception>
    public static EmbeddingLayout ToLayout((string Name, int Dimension)[] columns, Func<string, InvalidDataException> invalid) =>
        Made(() => new EmbeddingLayout(columns), "its columns are not possible", invalid);

    /// <exception cref="InvalidDataException">There can be no such scores of such columns.</exception>
    public static ScoreGroup[] ToGroups(EmbeddingLayout layout, OutOfDistributionScore[] scores, Func<string, InvalidDataException> invalid) =>
        Made(() => ScoreGroup.Of(layout, scores, nameof(scores)), "its scores are not possible", invalid);

    /// <param name="kind">The number of a kind.</param>
    /// <param name="columnName">Its column.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="normalize">Whether it normalises.</param>
    /// <param name="rank">Its rank, 0 for none.</param>
    /// <param name="invalid">The error for a reason, to throw.</param>
    /// <exception cref="InvalidDataException">There can be no such score.</exception>
    public static OutOfDistributionScore ToScore(
        int kind, string columnName, double weight, bool normalize, int rank, Func<string, InvalidDataException> invalid) => Made(
        () => OutOfDistributionScore.Of((OutOfDistributionScoreKind)kind, columnName, weight, normalize, rank == 0 ? null : rank),
        "one of its scores is not possible",
        invalid);

    /// <summary>Makes the ensemble, once all of it is known to be one that a fit can give.</summary>
    /// <param name="invalid">The error for a reason, to throw.</param>
    /// <exception cref="InvalidDataException">A part is missing, of another size, not finite, or contradicts what it says it is.</exception>
    public ModelledEnsemble ToModel(Func<string, InvalidDataException> invalid)
    {
        bool needsClasses = Groups.Any(group => group.NeedsClasses);
        RestoredModel.Require(
            needsClasses ? ClassNames.Length >= 2 : ClassNames.Length + LeftOutClassNames.Length == 0, $"it has {ClassNames.Length} classes", invalid);
        RestoredModel.Require(
            ClassNames.Concat(LeftOutClassNames).Distinct().Count() == ClassNames.Length + LeftOutClassNames.Length, "two of its classes have the same name", invalid);
        RestoredModel.Require(Models.Length == Groups.Length, "a part of it is missing", invalid);
        return new ModelledEnsemble(
            Layout,
            Scores,
            Groups,
            [.. Models.Zip(Groups, (model, group) => model.ToModel(group, ClassNames.Length, invalid))],
            ClassNames,
            LeftOutClassNames,
            Calibration?.ToCalibration(Scores, invalid));
    }

    private static T Made<T>(Func<T> make, string otherwise, Func<string, InvalidDataException> invalid)
    {
        try
        {
            return make();
        }
        catch (ArgumentException exception)
        {
            throw invalid($"{otherwise}: {exception.Message}");
        }
    }
}

/// <summary>What a file says of one group of scores: of a hyperplane, of Mahalanobis distances, or nothing where nothing is fitted.</summary>
internal sealed record RestoredScoreModel
{
    public RestoredModel? Hyperplane { get; init; }

    public RestoredMahalanobis? Mahalanobis { get; init; }

    /// <exception cref="InvalidDataException">It is not what a fit of the group can give.</exception>
    public IScoreModel ToModel(ScoreGroup group, int classCount, Func<string, InvalidDataException> invalid)
    {
        switch (group.Family)
        {
            case ScoreFamily.Hyperplane:
                ModelledEmbedding embedding = Present(Hyperplane, group, invalid).ToModel(invalid);
                RestoredModel.Require(
                    embedding.Dimension == group.Column.Dimension
                    && embedding.Normalizes == group.Normalizes
                    && (group.Rank ?? embedding.Rank) == embedding.Rank
                    && (embedding.HasDistanceWithinHyperplane || !group.Has(OutOfDistributionScoreKind.WithinHyperplane)),
                    $"its hyperplane is not that of {group.Name}",
                    invalid);
                return new HyperplaneScores(embedding);
            case ScoreFamily.Mahalanobis:
                return Present(Mahalanobis, group, invalid).ToModel(group, classCount, invalid);
            case ScoreFamily.FeatureNorm:
                return new FeatureNorm(group.Column.Dimension);
            default:
                return new LogitEnergy(group.Column.Dimension);
        }
    }

    private static T Present<T>(T? part, ScoreGroup group, Func<string, InvalidDataException> invalid)
        where T : class => part ?? throw invalid($"{group.Name} has no model");
}

/// <summary>What a file says of the Mahalanobis distances of a column.</summary>
/// <param name="Mean">P means.</param>
/// <param name="Deviation">P deviations.</param>
/// <param name="Basis">Row-major P×k; null where the matrix takes the features themselves.</param>
/// <param name="Matrix">Row-major P×m, or k×m.</param>
/// <param name="ClassMeans">Row-major C×m, whitened; null without classes.</param>
/// <param name="TotalPrecisions">m values; null where the distance to the mean of all is not wanted, or needs none.</param>
/// <param name="Residuals">What lies outside of the basis; null where there is none.</param>
/// <param name="Rows">What the covariance of all rows comes from; of no rows where that is not told.</param>
internal sealed record RestoredMahalanobis(
    double[] Mean,
    double[] Deviation,
    float[]? Basis,
    float[] Matrix,
    float[]? ClassMeans,
    double[]? TotalPrecisions,
    ResidualPrecisions? Residuals,
    CovarianceRows Rows)
{
    /// <exception cref="InvalidDataException">It is not what a fit of the group can give.</exception>
    public MahalanobisModel ToModel(ScoreGroup group, int classCount, Func<string, InvalidDataException> invalid)
    {
        int dimension = group.Column.Dimension;
        void Require(bool condition, string otherwise) => RestoredModel.Require(condition, $"{otherwise} of {group.Name} are not those of a fit", invalid);

        int depth = dimension;
        if (Basis is not null)
        {
            Require(Basis.Length % dimension == 0 && Basis.Length / dimension is >= 1 && Basis.Length / dimension <= dimension, "the directions");
            depth = Basis.Length / dimension;
            Require(RestoredModel.IsOrthonormal(Basis, depth), "the directions");
        }

        Require(depth <= SecondMoment.MaxDimension && Matrix.Length % depth == 0 && Matrix.Length / depth is >= 1 && Matrix.Length / depth <= depth, "the directions");
        int rank = Matrix.Length / depth;
        Require(
            Residuals is null
                ? Basis is null
                : Basis is not null && IsPrecision(Residuals.Total) && (group.NeedsClasses ? IsPrecision(Residuals.Within) : Residuals.Within == 0),
            "the precisions");
        Require(Array.TrueForAll(Matrix, float.IsFinite), "the directions");
        Require(Mean.Length == dimension && Array.TrueForAll(Mean, double.IsFinite), "the means");
        Require(Deviation.Length == dimension && Array.TrueForAll(Deviation, value => value > 0 && double.IsFinite(1 / value) && double.IsFinite(value)), "the deviations");
        Require(
            group.NeedsClasses ? ClassMeans?.Length == (long)classCount * rank && Array.TrueForAll(ClassMeans, float.IsFinite) : ClassMeans is null, "the means of the classes");
        Require(
            TotalPrecisions is null ? !(group.NeedsClasses && group.NeedsTotal) : group.NeedsClasses && group.NeedsTotal && TotalPrecisions.Length == rank,
            "the precisions");
        Require(TotalPrecisions is null || Array.TrueForAll(TotalPrecisions, IsPrecision), "the precisions");
        Require(Rows is { Count: >= 0, LargestRatio: >= 1 and < double.PositiveInfinity }, "the number of rows and what shrinkage took");
        return new MahalanobisModel(
            new Whitening(Mean, Deviation, Basis, Matrix, group.Normalizes),
            ClassMeans is null ? null : new NearestClass(ClassMeans, rank),
            TotalPrecisions,
            Residuals,
            Rows.Count == 0 ? null : Rows);
    }

    private static bool IsPrecision(double value) => value > 0 && double.IsFinite(value);
}

/// <summary>What a file says of the calibration of an ensemble.</summary>
/// <param name="Count">n.</param>
/// <param name="Scores">Of each score its percentiles, where its tail starts, and its mean excess.</param>
/// <param name="Statistic">The percentiles of the statistic.</param>
internal sealed record RestoredCalibration(long Count, (float[] Percentiles, double TailStart, double MeanExcess)[] Scores, float[] Statistic)
{
    /// <exception cref="InvalidDataException">No calibration can have given it.</exception>
    public EnsembleCalibration ToCalibration(OutOfDistributionScore[] definitions, Func<string, InvalidDataException> invalid)
    {
        RestoredModel.Require(Count >= 2 && Scores.Length == definitions.Length, $"it was calibrated on {Count} rows", invalid);
        EmpiricalDistribution statistic = RestoredModel.ToDistribution(Statistic, invalid);
        RestoredModel.Require(Statistic[0] >= 0, "its percentiles of the statistic are negative", invalid);
        return new EnsembleCalibration(
            [.. definitions.Select(definition => definition.Weight)],
            [.. Scores.Select((score, i) => ToCalibration(score.Percentiles, score.TailStart, score.MeanExcess, definitions[i], invalid))],
            statistic);
    }

    private ScoreCalibration ToCalibration(
        float[] values, double tailStart, double meanExcess, OutOfDistributionScore definition, Func<string, InvalidDataException> invalid)
    {
        EmpiricalDistribution percentiles = RestoredModel.ToDistribution(values, invalid);
        RestoredModel.Require(
            tailStart >= values[0] && tailStart <= values[^1] && meanExcess >= 0 && double.IsFinite(meanExcess), $"the tail of {definition.Name} is not that of its percentiles", invalid);
        return new ScoreCalibration(percentiles, Count, tailStart, meanExcess);
    }
}
