using Dime.Server.Models;
using Dime.Server.Scoring;

namespace Dime.Server.Endpoints;

/// <summary>What is answered to rows.</summary>
/// <param name="Model">The model that scored all of them.</param>
/// <param name="Rows">What it says of each, in their order.</param>
internal sealed record ScoreAnswer(ModelName Model, IReadOnlyList<RowAnswer> Rows)
{
    public static ScoreAnswer Of(ServedModel model, RowResult[] results) =>
        new(new ModelName(model.Name, model.Version), [.. results.Select(result => Of(result, model))]);

    private static RowAnswer Of(RowResult result, ServedModel model)
    {
        RowScore score = result.Score;
        return new RowAnswer(
            score.Id,
            score.IsOutOfDistribution switch { true => "out of distribution", false => "in distribution", null => "not calibrated" },
            score.IsOutOfDistribution,
            score.Distance,
            score.Probability,
            score.WithinDistance,
            score.WithinProbability,
            score.TopScore,
            score.ScoreProbabilities.Length == 0 ? null : NamedValues.Of(model.ScoreNames, score.ScoreProbabilities),
            result.Outputs.Length == 0 ? null : NamedValues.Of(model.OutputNames, result.Outputs));
    }
}

/// <summary>A model by its file's name and its number among those that were served.</summary>
internal sealed record ModelName(string Name, int Version);

/// <summary>What a model says of a row. What it does not say is left out.</summary>
/// <param name="Id">What the client calls the row, or a name that no other row has.</param>
/// <param name="Verdict">"in distribution", "out of distribution", or "not calibrated".</param>
/// <param name="IsOutOfDistribution">Whether the row is flagged.</param>
/// <param name="Distance">The distance to the hyperplane, or the statistic of an ensemble; "Infinity" for a row that is not finite.</param>
/// <param name="Probability">The probability of such a distance or a smaller one among rows like those that the model was calibrated on.</param>
/// <param name="WithinDistance">The distance within the hyperplane.</param>
/// <param name="WithinProbability">The probability of such a distance or a smaller one.</param>
/// <param name="TopScore">The score of an ensemble that objected most, flagged or not.</param>
/// <param name="ScoreProbabilities">What each score of an ensemble says, 1 − p.</param>
/// <param name="Outputs">The network's own outputs, where they were asked for.</param>
internal sealed record RowAnswer(
    string Id,
    string Verdict,
    bool? IsOutOfDistribution,
    float Distance,
    float? Probability,
    float? WithinDistance,
    float? WithinProbability,
    string? TopScore,
    IReadOnlyDictionary<string, float>? ScoreProbabilities,
    IReadOnlyDictionary<string, float[]>? Outputs);
