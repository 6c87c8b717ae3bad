using Dime.Tool.Models;
using Dime.Tool.Terminal;

namespace Dime.MLNet.Evidence.Detectors;

/// <summary>Which tensors of a network are watched, and by which scores.</summary>
/// <param name="Tensors">The tensors to compute, each in a column.</param>
/// <param name="Scores">The scores of the ensemble.</param>
/// <param name="DimeColumn">The column of the tensor that one DIME distance is measured at.</param>
/// <param name="EmbeddingColumn">The column of the last embedding.</param>
/// <param name="LogitsColumn">The column of logits; null where the network has none.</param>
internal sealed record MonitoringChoice(
    IReadOnlyList<MonitoredTensor> Tensors,
    IReadOnlyList<OutOfDistributionScore> Scores,
    string DimeColumn,
    string EmbeddingColumn,
    string? LogitsColumn)
{
    private const int MostEarly = 4;
    private const double EarlyWeight = 1.5;
    private const string Last = "Last";
    private const string LogitsName = "Logits";
    private const string Dime = "Dime";

    /// <param name="file">The file of the network.</param>
    /// <param name="network">The network.</param>
    /// <param name="layer">The tensor for the DIME distance; null for the one that the tool recommends.</param>
    /// <exception cref="InputException">The network has no logits, or no embedding before them.</exception>
    public static MonitoringChoice Of(string file, OnnxGraph network, string? layer)
    {
        IReadOnlyList<MonitoredLayer> layers = MonitoredLayer.Of(network);
        int logits = layers.ToList().FindLastIndex(candidate => candidate is { Positions.Count: 0, Width: > 1, Operator: "Gemm" or "MatMul" or "Add" });
        int embedding = layers.Take(Math.Max(0, logits)).ToList().FindLastIndex(candidate => candidate.Positions.All(size => size == 1) && candidate.Operator is not "MatMul");
        if (embedding < 0)
        {
            throw new InputException($"'{file}' has no logits of an embedding: its last Gemm or MatMul must take one and be known in size.");
        }

        MonitoredLayer[] maps = [.. layers.Take(embedding).Where(map => map.Positions.Count == 2 && LayerAdvice.IsActivation(map))];
        long lastSize = maps is [.., var last] ? Size(last) : long.MaxValue;
        MonitoredLayer[] early = [.. maps.Where(map => Size(map) > lastSize).GroupBy(Size).Select(size => size.Last()).TakeLast(MostEarly)];
        List<MonitoredTensor> tensors =
        [
            .. early.Select((map, i) => new MonitoredTensor($"Early{i + 1}", map.Name)),
            new(Last, layers[embedding].Name),
            new(LogitsName, layers[logits].Name),
        ];
        string dime = LayerAdvice.Choose(layer, file, network);
        if (tensors.TrueForAll(tensor => tensor.Name != dime))
        {
            tensors.Add(new MonitoredTensor(Dime, dime));
        }

        return new MonitoringChoice(
            tensors,
            [
                .. early.Select((_, i) => OutOfDistributionScore.ClassMahalanobis($"Early{i + 1}", EarlyWeight / early.Length)),
                OutOfDistributionScore.RelativeMahalanobis(Last, normalize: true),
                OutOfDistributionScore.Energy(LogitsName),
            ],
            tensors.First(tensor => tensor.Name == dime).Column,
            Last,
            LogitsName);
    }

    private static long Size(MonitoredLayer map) => map.Positions[0] * map.Positions[1];
}

/// <summary>A tensor of a network.</summary>
/// <param name="Column">The column it is written to.</param>
/// <param name="Name">Its name in the network.</param>
internal sealed record MonitoredTensor(string Column, string Name);
