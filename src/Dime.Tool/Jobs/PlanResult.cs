using System.Text.Json.Serialization;
using Dime.MLNet;

namespace Dime.Tool.Jobs;

/// <summary>What an ensemble watches of a network.</summary>
/// <param name="Tensors">The tensors.</param>
/// <param name="HasLogits">Whether the network's logits are among them, and give the classes.</param>
/// <param name="Remarks">What else was noticed.</param>
/// <param name="Text">The plan in lines.</param>
internal sealed record PlanResult(
    IReadOnlyList<PlannedTensor> Tensors, bool HasLogits, IReadOnlyList<string> Remarks, [property: JsonIgnore] string Text)
{
    public static PlanResult Of(MonitoringPlan plan) => new(
        [
            .. plan.Tensors.Select(tensor => new PlannedTensor(
                tensor.Name,
                tensor.Role,
                tensor.Dimension,
                tensor.Pooling,
                tensor.Reason,
                [
                    .. plan.Scores.Where(score => score.ColumnName == tensor.OutputColumnName).Select(score => new WeightedScore(score.Name, score.Weight)),
                ])),
        ],
        plan.LogitsColumnName is not null,
        plan.Remarks,
        plan.ToString());
}

/// <summary>A tensor that an ensemble watches.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is for.</param>
/// <param name="EmbeddingWidth">The number of values of an embedding.</param>
/// <param name="Pooling">How its rows become embeddings.</param>
/// <param name="Reason">Why it was chosen.</param>
/// <param name="Scores">What is measured of it.</param>
internal sealed record PlannedTensor(
    string Name, MonitoredTensorRole Role, int EmbeddingWidth, EmbeddingPooling Pooling, string Reason, IReadOnlyList<WeightedScore> Scores);
