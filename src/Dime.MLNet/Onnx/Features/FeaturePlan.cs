namespace Dime.MLNet.Onnx.Features;

/// <summary>A network and the columns it is to be run between, checked against each other.</summary>
internal sealed class FeaturePlan
{
    // Enough rows to make up for the cost of a call, in buffers that a cache may hold.
    private const int MostRows = 64;
    private const long MostBytes = 1 << 24;

    /// <param name="model">The network.</param>
    /// <param name="settings">The columns and tensors, and how to run.</param>
    /// <param name="parameters">The parameters of the public method that are to blame.</param>
    /// <exception cref="ArgumentException">The names of columns and tensors do not fit each other or the network.</exception>
    public FeaturePlan(OnnxFeatureModel model, FeatureSettings settings, FeatureParameters parameters)
    {
        Model = model;
        Settings = settings;
        Inputs = [.. settings.InputColumnNames.Zip(settings.InputTensorNames.Select(name => FindInput(name, parameters.Inputs)), (column, tensor) => new FeatureTensorColumn(column, tensor))];
        Outputs = [.. settings.OutputColumnNames.Zip(model.Features, (column, tensor) => new FeatureTensorColumn(column, tensor, tensor.PoolingFor(settings), settings.Flatten))];
        if (settings.TokenPooling != TokenPooling.None && !Outputs.Any(output => output.Pooling is EmbeddingPooling.MeanToken or EmbeddingPooling.FirstToken))
        {
            throw new ArgumentException(
                $"Tokens are to be pooled ({nameof(OnnxFeatureOptions.TokenPooling)}.{settings.TokenPooling}), but no tensor has any, N×T×C: {string.Join(", ", model.Features)}. "
                + $"Leave {nameof(OnnxFeatureOptions.TokenPooling)} at {nameof(TokenPooling.None)}.",
                parameters.Tensors);
        }

        if (model.Inputs.FirstOrDefault(input => !settings.InputTensorNames.Contains(input.Name)) is { } missing)
        {
            throw new ArgumentException(
                $"The tensors depend on the input {missing}, which no column feeds. The inputs are: {string.Join(", ", model.Inputs)}.", parameters.Inputs);
        }

        if (model.FixedBatch is { } rows && settings.BatchSize is { } wanted && wanted != rows)
        {
            throw new ArgumentException($"The network takes {rows} rows at a time, not {wanted}: leave the batch size null.", parameters.Tensors);
        }

        BatchRows = model.FixedBatch ?? settings.BatchSize ?? ChooseBatch();
        if (model.Inputs.Concat(model.Features).FirstOrDefault(tensor => (long)BatchRows * tensor.RowSize > Array.MaxLength) is { } large)
        {
            throw new ArgumentException(
                $"{BatchRows} rows of {large} are more than an array can hold: choose a smaller batch, in the network where it is fixed there.", parameters.Tensors);
        }
    }

    public OnnxFeatureModel Model { get; }

    public FeatureSettings Settings { get; }

    public IReadOnlyList<FeatureTensorColumn> Inputs { get; }

    public IReadOnlyList<FeatureTensorColumn> Outputs { get; }

    /// <summary>The most rows of an inference; all inferences have as many where the network's batch is fixed.</summary>
    public int BatchRows { get; }

    private FeatureTensor FindInput(string name, string? parameterName) => Model.Inputs.FirstOrDefault(input => input.Name == name)
        ?? throw new ArgumentException(
            $"The tensors depend on no input '{name}' of the network. The inputs are: {string.Join(", ", Model.Inputs)}.", parameterName);

    private int ChooseBatch()
    {
        long rowBytes = Model.Inputs.Concat(Model.Features).Sum(tensor => (long)tensor.RowSize * sizeof(float));
        return (int)Math.Clamp(MostBytes / rowBytes, 1, MostRows);
    }
}

/// <summary>What the caller of a public method gave the columns of the inputs and the names of the tensors by; null where nobody did.</summary>
internal readonly record struct FeatureParameters(string? Inputs, string? Tensors);
