using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;

namespace Dime.MLNet;

/// <summary>What <see cref="EnsembleEstimator"/> reads, how it fits, and what the transformer appends.</summary>
/// <remarks>
/// A null name of an output column leaves that column out; at least one must remain, and no two may be the same. Where the ensemble is
/// fitted already, <see cref="Scores"/>, <see cref="LogitsColumnName"/>, <see cref="ClassColumnName"/>,
/// <see cref="DetectorOptions.ExampleWeightColumnName"/>, <see cref="DetectorOptions.ExplainedVarianceThreshold"/> and
/// <see cref="DetectorOptions.Calibration"/> do not apply, and are an error if they are set.
/// </remarks>
public sealed class EnsembleOptions : DetectorOptions
{
    // Set once: by the user, or in the copy that a plan completes.
    private IReadOnlyList<OutOfDistributionScore> _scores = [];
    private string? _logitsColumnName;

    private readonly string? _classColumnName;
    private readonly string? _scoreProbabilitiesColumnName;

    /// <summary>
    /// The scores of the ensemble, one or more, each once. Their columns are known-size vectors of <see cref="float"/>, dense or sparse; each
    /// row is read once, however many scores it has.
    /// </summary>
    /// <exception cref="ArgumentNullException">The list is null, or an item of it.</exception>
    public IReadOnlyList<OutOfDistributionScore> Scores
    {
        get => _scores;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (OutOfDistributionScore score in value)
            {
                ArgumentNullException.ThrowIfNull(score, nameof(value));
            }

            _scores = [.. value];
        }
    }

    /// <summary>
    /// A column of logits, a known-size vector of <see cref="float"/>, whose largest value gives the class of a training row: labels are not
    /// needed. For scores that need classes; null where they come from <see cref="ClassColumnName"/>, or none are needed. It is
    /// read when fitting only, unless a score is of it.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? LogitsColumnName { get => _logitsColumnName; init => _logitsColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// A column with the class of a training row: a key, text, a Boolean or a whole number. It is read when fitting only. A row whose class
    /// is missing (an empty key or text, NaN) is left out, with a warning. Null where classes come from <see cref="LogitsColumnName"/>, or none are needed.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ClassColumnName { get => _classColumnName; init => _classColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// The output column that says which score objected: a vector of <see cref="float"/> in [0, 1] with 1 − p for each of
    /// <see cref="Scores"/>, whose names are its slot names; NaN until the model is calibrated. Null, the default, leaves it out.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ScoreProbabilitiesColumnName { get => _scoreProbabilitiesColumnName; init => _scoreProbabilitiesColumnName = RequireNameOrNull(value); }

    /// <summary>The same options for the scores of a plan, and the classes of its logits where no column has them.</summary>
    /// <exception cref="ArgumentException">An option is set that the plan decides.</exception>
    internal EnsembleOptions WithPlan(MonitoringPlan plan, string parameterName)
    {
        if (Scores.Count > 0 || LogitsColumnName is not null)
        {
            throw new ArgumentException(
                $"{nameof(Scores)} and {nameof(LogitsColumnName)} are the plan's to choose: edit the plan, or use DetectOutOfDistribution.", parameterName);
        }

        bool needsClasses = plan.Scores.Any(score => score.NeedsClasses);
        string[] hidden = [.. new[] { ClassColumnName, ExampleWeightColumnName }.OfType<string>().Intersect(plan.OutputColumnNames)];
        string? wrong = (needsClasses, ClassColumnName, plan.LogitsColumnName) switch
        {
            _ when hidden.Length > 0 => $"Column '{hidden[0]}' is hidden by the tensor of that name: give the column another name, or the tensor of the plan, by {nameof(MonitoredTensor.OutputColumnName)}",
            (true, null, null) =>
                $"Scores of the plan need the class of each training row, and it has no logits: set {nameof(ClassColumnName)}, or take a plan that {nameof(OnnxGraph.SuggestMonitoring)} makes without classes",
            (false, not null, _) =>
                $"No score of the plan needs the classes of {nameof(ClassColumnName)} '{ClassColumnName}': leave it out, or take a plan that {nameof(OnnxGraph.SuggestMonitoring)} makes with hasClasses",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArgumentException($"{wrong}.", parameterName);
        }

        var options = (EnsembleOptions)MemberwiseClone();
        options._scores = plan.Scores;
        options._logitsColumnName = needsClasses && ClassColumnName is null ? plan.LogitsColumnName : null;
        return options;
    }

    /// <summary>The options of a fit.</summary>
    internal static EnsembleOptions Of(ScoringSettings scoring, EnsembleFitSettings fit, CalibrationRows calibration) => new()
    {
        Scores = fit.Scores,
        LogitsColumnName = fit.LogitsColumnName,
        ClassColumnName = fit.ClassColumnName,
        DistanceColumnName = scoring.DistanceColumnName,
        ProbabilityColumnName = scoring.ProbabilityColumnName,
        OutlierColumnName = scoring.OutlierColumnName,
        ScoreProbabilitiesColumnName = scoring.ScoreProbabilitiesColumnName,
        OutlierProbability = scoring.OutlierProbability,
        PercentileCount = scoring.PercentileCount,
        ModelName = scoring.ModelName,
        ExampleWeightColumnName = fit.ExampleWeightColumnName,
        ExplainedVarianceThreshold = fit.ExplainedVarianceThreshold,
        Calibration = Calibration.Of(calibration),
    };

    internal EnsembleFitSettings ForFit() => new(Scores, LogitsColumnName, ExplainedVarianceThreshold, ExampleWeightColumnName, ClassColumnName);

    /// <summary>How to score with an ensemble that is to be fitted.</summary>
    /// <exception cref="ArgumentException">The scores, their classes or the columns are not possible.</exception>
    internal ScoringSettings ForScoring(string parameterName)
    {
        CheckScores(parameterName);
        CheckClasses(parameterName);
        return For([.. Scores.Select(score => score.ColumnName).Distinct()], parameterName);
    }

    /// <summary>How to score with an ensemble that is fitted already.</summary>
    /// <exception cref="ArgumentException">An option is set that matters to the fit alone, or the columns are not possible.</exception>
    internal ScoringSettings ForScoring(ModelledEnsemble ensemble, string parameterName)
    {
        RequireNothingOfTheFit(
            [
                (nameof(Scores), Scores.Count > 0),
                (nameof(LogitsColumnName), LogitsColumnName is not null),
                (nameof(ClassColumnName), ClassColumnName is not null),
            ],
            parameterName);
        return For([.. ensemble.Layout.Select(column => column.Name)], parameterName);
    }

    private ScoringSettings For(string[] inputColumnNames, string parameterName) => RequirePossible(
        new ScoringSettings(
            inputColumnNames,
            DistanceColumnName,
            ProbabilityColumnName,
            OutlierColumnName,
            WithinDistanceColumnName: null,
            WithinProbabilityColumnName: null,
            ScoreProbabilitiesColumnName,
            OutlierProbability,
            PercentileCount)
        {
            ModelName = ModelName,
        },
        parameterName);

    private void CheckScores(string parameterName)
    {
        if (Scores.Count == 0)
        {
            throw new ArgumentException(
                $"An ensemble needs at least one score: set {nameof(Scores)}, or use MonitorNetwork, which chooses them for a network.", parameterName);
        }

        string? twice = Scores.GroupBy(score => score.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The score {twice} is there twice: give it once, with the weight it shall have.", parameterName);
        }
    }

    private void CheckClasses(string parameterName)
    {
        OutOfDistributionScore? needing = Scores.FirstOrDefault(score => score.NeedsClasses);
        string? wrong = (needing, LogitsColumnName, ClassColumnName) switch
        {
            (not null, null, null) =>
                $"{needing.Name} needs the class of each training row: set {nameof(LogitsColumnName)} or {nameof(ClassColumnName)}, or use {nameof(OutOfDistributionScoreKind.Mahalanobis)}, which needs no classes",
            (_, not null, not null) =>
                $"Classes cannot come from {nameof(LogitsColumnName)} '{LogitsColumnName}' and from {nameof(ClassColumnName)} '{ClassColumnName}' at once: set one of them",
            (null, not null, _) => $"No score needs the classes of {nameof(LogitsColumnName)} '{LogitsColumnName}': leave it out",
            (null, _, not null) => $"No score needs the classes of {nameof(ClassColumnName)} '{ClassColumnName}': leave it out",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArgumentException($"{wrong}.", parameterName);
        }
    }
}
