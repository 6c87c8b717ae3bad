namespace Dime.MLNet;

/// <summary>A tensor of a <see cref="MonitoringPlan"/>: which, why, and how its rows become embeddings. An instance never changes.</summary>
public sealed record MonitoredTensor
{
    private readonly string _name = "";
    private readonly string? _outputColumnName;
    private readonly int _dimension;

    /// <summary>The tensor, out of <see cref="OnnxGraph.Tensors"/>.</summary>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    public required string Name { get => _name; init => _name = RequireName(value, nameof(Name)); }

    /// <summary>The column of its embeddings, which the scores go by; the tensor's name unless set.</summary>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    public string OutputColumnName { get => _outputColumnName ?? Name; init => _outputColumnName = RequireName(value, nameof(OutputColumnName)); }

    /// <summary>What the tensor is for.</summary>
    public required MonitoredTensorRole Role { get; init; }

    /// <summary>The values of an embedding, after pooling.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public required int Dimension
    {
        get => _dimension;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Dimension));
            _dimension = value;
        }
    }

    /// <summary>How a row of the tensor becomes an embedding.</summary>
    public EmbeddingPooling Pooling { get; init; }

    /// <summary>Why the tensor was chosen, in plain words; empty where nobody said.</summary>
    public string Reason { get; init; } = "";

    /// <returns>As in "/l1/Relu_output_0: early, 16 values, mean over positions; the last activation of 32×32 positions".</returns>
    public override string ToString()
    {
        string column = OutputColumnName == Name ? "" : $" as column {OutputColumnName}";
        string role = Role switch
        {
            MonitoredTensorRole.LastEmbedding => "last embedding",
            MonitoredTensorRole.Logits => "logits",
            _ => "early",
        };
        string pooling = Pooling switch
        {
            EmbeddingPooling.Positions => ", mean over positions",
            EmbeddingPooling.MeanToken => ", mean over tokens",
            EmbeddingPooling.FirstToken => ", first token",
            _ => "",
        };
        return FormattableString.Invariant($"{Name}{column}: {role}, {Dimension} values{pooling}{(Reason.Length > 0 ? "; " : "")}{Reason}");
    }

    private static string RequireName(string name, string property)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, property);
        return name;
    }
}
