using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace Dime.MLNet;

/// <summary>
/// Which tensors of a network to monitor, and by which scores: what <see cref="OnnxGraph.SuggestMonitoring"/> finds, to be
/// printed, and edited by <c>with</c>. An instance never changes; two with the same values are equal.
/// </summary>
/// <remarks>
/// <see cref="TensorNames"/>, <see cref="OutputColumnNames"/> and <see cref="TokenPooling"/> are what
/// <see cref="OnnxFeatureOptions"/> takes under the same names.
/// </remarks>
public sealed record MonitoringPlan
{
    private readonly IReadOnlyList<MonitoredTensor> _tensors = [];
    private readonly IReadOnlyList<OutOfDistributionScore> _scores = [];
    private readonly IReadOnlyList<string> _remarks = [];
    private readonly string? _logitsColumnName;

    /// <summary>The tensors, in the order of the network.</summary>
    /// <exception cref="ArgumentException">
    /// There is none, one is null, a tensor or a column is named twice, or tokens of one are averaged while another's first is taken.
    /// </exception>
    public required IReadOnlyList<MonitoredTensor> Tensors
    {
        get => _tensors;
        init
        {
            ReadOnlyCollection<MonitoredTensor> tensors = RequireItems(value);
            RequireOnce(tensors.Select(tensor => tensor.Name), "The tensor", nameof(Tensors));
            RequireOnce(tensors.Select(tensor => tensor.OutputColumnName), "The column", nameof(Tensors));
            if (tensors.Any(tensor => tensor.Pooling == EmbeddingPooling.MeanToken) && tensors.FirstOrDefault(tensor => tensor.Pooling == EmbeddingPooling.FirstToken) is { } first)
            {
                throw new ArgumentException(
                    $"Of '{first.Name}' the first token is taken, of others the mean: one stage pools all tokens in one way. Take the same for all.", nameof(Tensors));
            }

            _tensors = tensors;
        }
    }

    /// <summary>The scores, each of one of the tensors' columns, with their weights.</summary>
    /// <exception cref="ArgumentException">There is none, one is null, or one is named twice.</exception>
    public required IReadOnlyList<OutOfDistributionScore> Scores
    {
        get => _scores;
        init
        {
            ReadOnlyCollection<OutOfDistributionScore> scores = RequireItems(value);
            RequireOnce(scores.Select(score => score.Name), "The score", nameof(Scores));
            _scores = scores;
        }
    }

    /// <summary>The column of the logits; null where the network has none.</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? LogitsColumnName
    {
        get => _logitsColumnName;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(LogitsColumnName));
            }

            _logitsColumnName = value;
        }
    }

    /// <summary>What else was noticed, such as why there are no early tensors.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public IReadOnlyList<string> Remarks
    {
        get => _remarks;
        init => _remarks = value is { Count: 0 } ? [] : RequireItems(value);
    }

    /// <summary>The names of the tensors, for <see cref="OnnxFeatureOptions.TensorNames"/>.</summary>
    public IReadOnlyList<string> TensorNames => [.. Tensors.Select(tensor => tensor.Name)];

    /// <summary>The columns of the tensors, for <see cref="OnnxFeatureOptions.OutputColumnNames"/>.</summary>
    public IReadOnlyList<string> OutputColumnNames => [.. Tensors.Select(tensor => tensor.OutputColumnName)];

    /// <summary>How tokens are pooled, for <see cref="OnnxFeatureOptions.TokenPooling"/>; <see cref="TokenPooling.None"/> where no tensor has tokens.</summary>
    public TokenPooling TokenPooling =>
        Tensors.Any(tensor => tensor.Pooling == EmbeddingPooling.MeanToken) ? TokenPooling.Mean
        : Tensors.Any(tensor => tensor.Pooling == EmbeddingPooling.FirstToken) ? TokenPooling.First
        : TokenPooling.None;

    /// <summary>Checks that scores and logits are of columns of the plan, which an edit of one of them alone can upset.</summary>
    /// <exception cref="InvalidOperationException">One is of another column.</exception>
    public void Validate()
    {
        IReadOnlyList<string> columns = OutputColumnNames;
        string has = $"the plan has '{string.Join("', '", columns)}'";
        if (Scores.FirstOrDefault(score => !columns.Contains(score.ColumnName)) is { } score)
        {
            throw new InvalidOperationException($"{score.Name} is of a column that no tensor gives; {has}. Leave the score out, or add its tensor.");
        }

        if (LogitsColumnName is { } logits && !columns.Contains(logits))
        {
            throw new InvalidOperationException($"The logits' column '{logits}' is of no tensor; {has}. Set {nameof(LogitsColumnName)} to one of them, or to null.");
        }
    }

    /// <summary>Whether both plans have the same tensors, scores, logits and remarks.</summary>
    /// <param name="other">Another plan.</param>
    public bool Equals(MonitoringPlan? other) => other is not null
        && Tensors.SequenceEqual(other.Tensors)
        && Scores.SequenceEqual(other.Scores)
        && LogitsColumnName == other.LogitsColumnName
        && Remarks.SequenceEqual(other.Remarks);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (object item in Tensors.Concat<object>(Scores))
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <returns>A line for each tensor, with what is measured of it and why it was chosen, and one for each remark.</returns>
    public override string ToString()
    {
        IEnumerable<string> tensors = Tensors.Select(tensor =>
        {
            string scores = string.Join(", ", Scores.Where(score => score.ColumnName == tensor.OutputColumnName));
            return $"{tensor}{(scores.Length > 0 ? " → " : "")}{scores}";
        });
        return string.Join('\n', tensors.Concat(Remarks.Select(remark => $"Remark: {remark}")));
    }

    private static ReadOnlyCollection<T> RequireItems<T>(IReadOnlyList<T> items, [CallerMemberName] string property = "")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(items, property);
        T[] copy = [.. items];
        return copy.Length > 0 && copy.All(item => item is not null)
            ? Array.AsReadOnly(copy)
            : throw new ArgumentException(copy.Length == 0 ? "At least one is needed." : "One is null.", property);
    }

    private static void RequireOnce(IEnumerable<string> names, string what, string property)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{what} '{twice.Key}' is named twice.", property);
        }
    }
}
