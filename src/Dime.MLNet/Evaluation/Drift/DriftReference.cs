using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>What rows are compared with: the calibration of a model, of the whole and of each score, and where it has the mean of embeddings. Immutable.</summary>
internal sealed class DriftReference
{
    private DriftReference(
        IDetectorModel? model, EmpiricalDistribution? distances, long calibrationRows, double outlierProbability, CalibratedScore whole, CalibratedScore[] scores, ModelledSpace[] spaces)
    {
        Model = model;
        Distances = distances;
        CalibrationRows = calibrationRows;
        OutlierProbability = outlierProbability;
        Whole = whole;
        Scores = scores;
        Spaces = spaces;
    }

    /// <summary>Null where there are but probabilities.</summary>
    public IDetectorModel? Model { get; }

    public EmpiricalDistribution? Distances { get; }

    public long CalibrationRows { get; }

    public double OutlierProbability { get; }

    public CalibratedScore Whole { get; }

    public CalibratedScore[] Scores { get; }

    public ModelledSpace[] Spaces { get; }

    /// <summary>What is known of plain probabilities.</summary>
    public static DriftReference Of(long calibrationRows, int percentileCount, double outlierProbability) => new(
        null, null, calibrationRows, outlierProbability, new CalibratedScore(null, [], percentileCount, calibrationRows, outlierProbability), [], []);

    /// <exception cref="InvalidOperationException">The model is not calibrated, or does not tell on how many rows.</exception>
    public static DriftReference Of(IDetectorModel model, double outlierProbability)
    {
        if (model.Distances is not { } distances)
        {
            throw new InvalidOperationException(
                "Drift is measured against calibration rows, and the model is not calibrated: call Calibrate with data that it was not fitted to, and use what it returns.");
        }

        if (model.CalibrationRowCount is 0)
        {
            throw new InvalidOperationException(
                "The model does not tell on how many rows it was calibrated, as those that version 0.1.0 saved do not: call Calibrate with in-distribution data, save what it returns, and use that.");
        }

        long rows = model.CalibrationRowCount;
        return new DriftReference(
            model, distances, rows, outlierProbability, Score(null, distances), model is ModelledEnsemble ensemble ? ScoresOf(ensemble) : [], SpacesOf(model));

        CalibratedScore Score(string? name, EmpiricalDistribution percentiles) =>
            new(name, percentiles.Percentiles, percentiles.Percentiles.Length, rows, outlierProbability);

        CalibratedScore[] ScoresOf(ModelledEnsemble ensemble) =>
            [.. ensemble.Scores.Zip(ensemble.Calibration!.Scores, (score, calibration) => Score(score.Name, calibration.Percentiles))];
    }

    private static ModelledSpace[] SpacesOf(IDetectorModel model) => model switch
    {
        ModelledEmbedding embedding => [new HyperplaneSpace(null, 0, embedding)],
        ModelledEnsemble ensemble => [.. ensemble.Groups.Zip(ensemble.Models, SpaceOf).OfType<ModelledSpace>()],
        _ => [],
    };

    private static ModelledSpace? SpaceOf(ScoreGroup group, IScoreModel model) => model switch
    {
        HyperplaneScores hyperplane => new HyperplaneSpace(group.Name, group.Column.Offset, hyperplane.Embedding),
        MahalanobisModel mahalanobis => new MahalanobisSpace(group.Name, group.Column.Offset, mahalanobis),
        _ => null,
    };
}
