namespace Dime.MLNet;

/// <summary>What a tensor of a <see cref="MonitoringPlan"/> is for.</summary>
public enum MonitoredTensorRole
{
    /// <summary>A stage before the last one: it sees faults of the camera and of the preprocessing, and foreign domains.</summary>
    Early = 0,

    /// <summary>What the last layer is applied to: it sees what belongs to none of the classes.</summary>
    LastEmbedding = 1,

    /// <summary>What the last layer gives, before any softmax: its energy sees what the network is unsure of.</summary>
    Logits = 2,
}
