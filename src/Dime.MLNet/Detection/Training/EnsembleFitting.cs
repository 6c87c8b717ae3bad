using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Modelling;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>How to fit an ensemble.</summary>
/// <param name="Scores">Its scores.</param>
/// <param name="LogitsColumnName">The column of logits whose largest value is the class of a row; null where classes come otherwise.</param>
/// <param name="ExplainedVarianceThreshold">The share that a hyperplane must explain where its score gives no rank.</param>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
/// <param name="ClassColumnName">The column of classes; null where they come from logits, or none are needed.</param>
internal sealed record EnsembleFitSettings(
    IReadOnlyList<OutOfDistributionScore> Scores,
    string? LogitsColumnName,
    double ExplainedVarianceThreshold,
    string? ExampleWeightColumnName,
    string? ClassColumnName) : FitSettings<ModelledEnsemble>(ExampleWeightColumnName, ClassColumnName)
{
    private const int MostNames = 5;
    private const int MostClasses = 1 << 16;

    // Many weights of 0 are no mistake; weights that sum up to 1 are.
    private const double LowMeanWeight = 0.1;

    /// <inheritdoc/>
    public override string Kind => "an ensemble";

    /// <inheritdoc/>
    public override ScoringSettings Reading(ScoringSettings settings) => LogitsColumnName is { } logits && !settings.InputColumnNames.Contains(logits)
        ? settings with { InputColumnNames = [.. settings.InputColumnNames, logits] }
        : settings;

    /// <inheritdoc/>
    public override IRowSums Begin(ScoringSettings settings, IReadOnlyList<int> dimensions)
    {
        try
        {
            var layout = new EmbeddingLayout([.. settings.InputColumnNames.Zip(dimensions)]);
            return new EnsembleAccumulator(layout, Scores, LogitsColumnName);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException($"The ensemble cannot be fitted. {Reason(exception)}", exception);
        }
    }

    /// <inheritdoc/>
    public override int ClassNumber(IRowSums sums, string name)
    {
        int number = ((EnsembleAccumulator)sums).ClassNumber(name);
        CheckClassCount(number + 1);
        return number;
    }

    /// <inheritdoc/>
    public override void CheckClassCount(int count)
    {
        if (ClassColumnName is not null && count > MostClasses)
        {
            throw new InvalidOperationException(
                $"Column '{ClassColumnName}' has more than {MostClasses} different values, too many for classes, each of which takes a mean of every embedding: name the column of classes, not one of ids.");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> OptionsOfSums(ScoringSettings settings) =>
    [
        (nameof(Scores), string.Join(", ", Scores)),
        (nameof(LogitsColumnName), Text(LogitsColumnName)),
        (nameof(ClassColumnName), Text(ClassColumnName)),
        (nameof(ExampleWeightColumnName), Text(ExampleWeightColumnName)),
    ];

    /// <inheritdoc/>
    public override ModelledEnsemble Fit(IRowSums rows, ScoringSettings settings, IChannel channel, TimeSpan reading)
    {
        var sums = (EnsembleAccumulator)rows;
        var clock = Stopwatch.StartNew();
        ModelledEnsemble model = Fit(sums, settings).WithoutUnreadColumns();
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The ensemble of {settings.Input} has {model.Scores.Count} scores{Classes(model)}, fitted to {sums.Count} rows ({(reading + clock.Elapsed).TotalSeconds:F2} s)."));
        if (sums.TotalWeight < LowMeanWeight * sums.Count)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The weights of {sums.Count} rows in column '{ExampleWeightColumnName}' sum up to {sums.TotalWeight:G4}, so that covariances are shrunk as those of so few rows are: a weight of 2 is the row twice. Scale weights to about 1."));
        }

        if (model.LeftOutClassNames is { Count: > 0 } leftOut)
        {
            string more = leftOut.Count > MostNames ? $" and {leftOut.Count - MostNames} more" : "";
            channel.Warning(
                MessageSensitivity.Schema,
                $"{leftOut.Count} of {leftOut.Count + model.ClassNames.Count} classes have fewer than two rows{(ExampleWeightColumnName is { } weight ? $", by their weights in column '{weight}'," : "")} and are left out, so that no row is near them: "
                + $"{string.Join(", ", leftOut.Take(MostNames).Select(name => $"'{name}'"))}{more}. Give rows of each class that counts as known.");
        }

        return model;
    }

    private static string Classes(ModelledEnsemble model) => model.ClassNames.Count == 0 ? "" : $" and {model.ClassNames.Count} classes";

    private ModelledEnsemble Fit(EnsembleAccumulator sums, ScoringSettings settings)
    {
        try
        {
            return sums.Fit(ExplainedVarianceThreshold);
        }
        catch (InvalidOperationException e)
        {
            string classes = ClassColumnName is { } name ? $" with the classes of column '{name}'" : "";
            throw new InvalidOperationException($"The ensemble of {settings.Input}{classes} cannot be fitted. {e.Message}", e);
        }
    }

    // Without the name of a parameter that no caller has.
    private static string Reason(ArgumentException exception) =>
        exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
