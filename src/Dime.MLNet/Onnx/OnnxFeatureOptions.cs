using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Dime.MLNet.Onnx.Features;

namespace Dime.MLNet;

/// <summary>What <see cref="OnnxFeatureEstimator"/> computes, from which columns, and how.</summary>
public sealed class OnnxFeatureOptions
{
    private readonly string? _modelFile;
    private readonly IReadOnlyList<string> _inputColumnNames = [];
    private readonly IReadOnlyList<string>? _inputTensorNames;
    private readonly IReadOnlyList<string> _tensorNames = [];
    private readonly IReadOnlyList<string>? _outputColumnNames;
    private readonly int? _gpuDeviceId;
    private readonly int? _intraOpNumThreads;
    private readonly int? _interOpNumThreads;
    private readonly int? _batchSize;
    private readonly TokenPooling _tokenPooling;

    /// <summary>The path of the ONNX file, which is read when the estimator is made, and never changed; null where <see cref="Graph"/> is given.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? ModelFile
    {
        get => _modelFile;
        init => _modelFile = value is "" ? throw new ArgumentException("The path is empty.", nameof(ModelFile)) : value;
    }

    /// <summary>The network itself, as from a resource or a database through <see cref="OnnxGraph.Load(Stream)"/>; null where <see cref="ModelFile"/> is given.</summary>
    public OnnxGraph? Graph { get; init; }

    /// <summary>
    /// The tensors to compute: intermediate ones or outputs of the network, of <see cref="float"/>, float16 or
    /// <see cref="double"/>, N×P, N×C×H×W, N×C×T or, with <see cref="TokenPooling"/>, N×T×C. Only the part of the network that leads to them is run and saved.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is null, white space or named twice.</exception>
    public required IReadOnlyList<string> TensorNames { get => _tensorNames; init => _tensorNames = RequireNames(value); }

    /// <summary>
    /// The columns that the network takes, one for each input that the tensors depend on. Their items have the type of the
    /// input: <see cref="float"/>, <see cref="double"/>, <see cref="bool"/> or an integer type; <see cref="float"/> for float16.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is null, white space or named twice.</exception>
    public required IReadOnlyList<string> InputColumnNames { get => _inputColumnNames; init => _inputColumnNames = RequireNames(value); }

    /// <summary>
    /// The input of the network that each of <see cref="InputColumnNames"/> feeds; null, the default, for the inputs that
    /// the tensors depend on in the order in which the network declares them.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is null, white space or named twice.</exception>
    public IReadOnlyList<string>? InputTensorNames
    {
        get => _inputTensorNames;
        init => _inputTensorNames = value is null ? null : RequireNames(value);
    }

    /// <summary>The columns to write, vectors of <see cref="float"/>, one for each of <see cref="TensorNames"/>; null, the default, for the tensors' names.</summary>
    /// <exception cref="ArgumentException">There is none, or one is null, white space or named twice.</exception>
    public IReadOnlyList<string>? OutputColumnNames
    {
        get => _outputColumnNames;
        init => _outputColumnNames = value is null ? null : RequireNames(value);
    }

    /// <summary>
    /// Whether feature maps (N×C×H×W, N×C×T) are averaged over their positions, so that a row has one value for each
    /// channel; true by default. Otherwise the column has the dimensions of the map.
    /// </summary>
    public bool PoolFeatureMaps { get; init; } = true;

    /// <summary>
    /// What becomes of tensors of three dimensions. <see cref="TokenPooling.None"/>, the default, takes them for feature maps
    /// N×C×T, as <see cref="PoolFeatureMaps"/> has it; otherwise they are the tokens of a transformer, N×T×C, whose mean or
    /// first one is the row's embedding, whatever <see cref="PoolFeatureMaps"/> says. T must be fixed in the graph.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the three.</exception>
    public TokenPooling TokenPooling
    {
        get => _tokenPooling;
        init => _tokenPooling = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(TokenPooling), value, "There is no such pooling of tokens.");
    }

    /// <summary>
    /// Whether tensors that are not pooled become one vector of C·H·W (or C·T) values, channel after channel, which
    /// DIME takes as an embedding; false by default. It then sees where in the image something is unusual, so this pays
    /// where positions mean the same in all images, as those of a fixed camera do. Where they do not, average the maps.
    /// Only with <see cref="PoolFeatureMaps"/> = false.
    /// </summary>
    public bool Flatten { get; init; }

    /// <summary>
    /// The most rows of one inference. Null, the default: what the network takes where its batch is fixed, else at most
    /// 64, and fewer where the rows of the tensors are large.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? BatchSize { get => _batchSize; init => _batchSize = RequireBetween(1, int.MaxValue, value); }

    /// <summary>The CUDA device to run on; null, the default, for the context's own setting, which is the CPU by default. It is not saved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? GpuDeviceId { get => _gpuDeviceId; init => _gpuDeviceId = RequireBetween(0, int.MaxValue, value); }

    /// <summary>Whether to run on the CPU where the GPU fails, rather than to throw. It is not saved.</summary>
    public bool FallbackToCpu { get; init; }

    /// <summary>The threads that share the work of one operator; null, the default, for ONNX Runtime's choice: one for each core.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 1024.</exception>
    public int? IntraOpNumThreads { get => _intraOpNumThreads; init => _intraOpNumThreads = RequireBetween(1, FeatureSettings.MostThreads, value); }

    /// <summary>The operators that run at a time; null, the default, for ONNX Runtime's choice: one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 1024.</exception>
    public int? InterOpNumThreads { get => _interOpNumThreads; init => _interOpNumThreads = RequireBetween(1, FeatureSettings.MostThreads, value); }

    /// <exception cref="ArgumentException">There is not just one network, or there are other numbers of columns than of tensors.</exception>
    internal void Validate(string? parameterName)
    {
        if (ModelFile is null == Graph is null)
        {
            throw new ArgumentException(
                $"{(Graph is null ? "There is no network" : "There are two networks")}: set either {nameof(ModelFile)}, the path of an ONNX file, or {nameof(Graph)}.",
                parameterName);
        }

        if (Flatten && PoolFeatureMaps)
        {
            throw new ArgumentException(
                $"Feature maps are either averaged or flattened: set {nameof(PoolFeatureMaps)} = false with {nameof(Flatten)} = true, or leave {nameof(Flatten)} out.",
                parameterName);
        }

        if (OutputColumnNames is { } columns && columns.Count != TensorNames.Count)
        {
            throw new ArgumentException(
                $"There are {columns.Count} output columns ({string.Join(", ", columns)}) for {TensorNames.Count} tensors ({string.Join(", ", TensorNames)}).", parameterName);
        }
    }

    /// <summary>The network, read from its file where that is what was given.</summary>
    internal OnnxGraph LoadNetwork() => Graph ?? OnnxGraph.Load(ModelFile!);

    /// <summary>The settings for a network, whose inputs stand in for those that are not named.</summary>
    /// <exception cref="ArgumentException">There are other numbers of columns than of inputs.</exception>
    internal FeatureSettings SettingsFor(OnnxFeatureModel model, string? parameterName)
    {
        IReadOnlyList<string> inputTensors = InputTensorNames ?? [.. model.Inputs.Select(input => input.Name)];
        return inputTensors.Count == InputColumnNames.Count
            ? new FeatureSettings(
                InputColumnNames, inputTensors, OutputColumnNames ?? TensorNames, TensorNames, PoolFeatureMaps, TokenPooling, Flatten, BatchSize, IntraOpNumThreads, InterOpNumThreads)
            : throw new ArgumentException(
                $"There are {InputColumnNames.Count} input columns ({string.Join(", ", InputColumnNames)}) for {inputTensors.Count} inputs of the network "
                + $"({string.Join(", ", inputTensors)}); give a column for each input that the tensors depend on.",
                parameterName);
    }

    private static ReadOnlyCollection<string> RequireNames(IReadOnlyList<string> names, [CallerMemberName] string property = "")
    {
        ArgumentNullException.ThrowIfNull(names, property);
        string[] copy = [.. names];
        if (copy.Length == 0 || copy.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException(copy.Length == 0 ? "At least one name is needed." : "A name is null or white space.", property);
        }

        return copy.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ArgumentException($"'{twice.Key}' is named twice.", property)
            : Array.AsReadOnly(copy);
    }

    private static int? RequireBetween(int least, int most, int? value, [CallerMemberName] string property = "")
    {
        if (value is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, least, property);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(given, most, property);
        }

        return value;
    }
}
