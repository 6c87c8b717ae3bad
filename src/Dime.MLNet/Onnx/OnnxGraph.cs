using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Dime.MLNet.Onnx.Detectors;
using Dime.MLNet.Onnx.Features;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Monitoring;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;
using Google.Protobuf;

namespace Dime.MLNet;

/// <summary>
/// A network in the ONNX format, to find the tensor to monitor in it, to expose that tensor as an output, and to take a
/// fitted detector in.
/// </summary>
/// <remarks>
/// A graph is immutable and safe to share between threads: <see cref="WithOutputs"/> and <see cref="Fuse(OnnxGraph, string, string?)"/> return new
/// ones, and the file that a graph was loaded from is never changed.
/// </remarks>
public sealed class OnnxGraph
{
    private readonly ModelProto _model;
    private readonly Lazy<ReadOnlyCollection<OnnxTensorInfo>> _tensors;
    private readonly Lazy<ReadOnlyCollection<OnnxTensorInfo>> _inputs;
    private readonly Lazy<ReadOnlyCollection<OnnxTensorInfo>> _outputs;
    private readonly Lazy<ReadOnlyCollection<OnnxDetectorInfo>> _detectors;
    private readonly Lazy<EmbeddingTensors> _embeddings;

    internal OnnxGraph(ModelProto model)
    {
        _model = model;
        _tensors = Described(() => TensorListing.Names(_model.Graph).Select(tensor => tensor.Name));
        _inputs = Described(() => _model.Graph.Input.Select(input => input.Name));
        _outputs = Described(() => _model.Graph.Output.Select(output => output.Name));
        _detectors = new Lazy<ReadOnlyCollection<OnnxDetectorInfo>>(() => DetectorReader.List(_model).ToList().AsReadOnly());
        _embeddings = new Lazy<EmbeddingTensors>(() => new EmbeddingTensors(new NetworkTopology(_model, Tensors)));
    }

    /// <summary>
    /// The tensors that flow through the network: first its inputs, then what each operator produces, in the order of the
    /// graph. Weights and constants are left out.
    /// </summary>
    /// <remarks>
    /// Where the graph does not say a tensor's type and shape, the first access asks ONNX Runtime to infer them.
    /// </remarks>
    /// <exception cref="InvalidOperationException">ONNX Runtime has to be asked, and its native library is missing.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network.</exception>
    public IReadOnlyList<OnnxTensorInfo> Tensors => _tensors.Value;

    /// <summary>The inputs of the network, in the order in which it declares them; weights are left out.</summary>
    /// <inheritdoc cref="Tensors" path="/exception"/>
    public IReadOnlyList<OnnxTensorInfo> Inputs => _inputs.Value;

    /// <summary>The outputs of the network, in the order in which it declares them.</summary>
    /// <inheritdoc cref="Tensors" path="/exception"/>
    public IReadOnlyList<OnnxTensorInfo> Outputs => _outputs.Value;

    /// <summary>The detectors in the graph, exported or fused into it, in the order in which they were added.</summary>
    /// <exception cref="InvalidDataException">What describes a detector is damaged, or does not fit the graph.</exception>
    public IReadOnlyList<OnnxDetectorInfo> Detectors => _detectors.Value;

    /// <summary>Reads a network from a file.</summary>
    /// <param name="path">The path of the .onnx file.</param>
    /// <returns>The network.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an ONNX model, or it is damaged.</exception>
    /// <exception cref="NotSupportedException">The model keeps its weights in other files.</exception>
    public static OnnxGraph Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        using FileStream stream = File.OpenRead(path);
        return new OnnxGraph(ModelReader.Read(stream, $"'{path}'"));
    }

    /// <summary>Reads a network from a stream, from its current position to its end. The stream stays open.</summary>
    /// <param name="stream">The bytes of an .onnx file.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidDataException">The stream does not hold an ONNX model, or a damaged one.</exception>
    /// <exception cref="NotSupportedException">The model keeps its weights in other files.</exception>
    public static OnnxGraph Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);

        return new OnnxGraph(ModelReader.Read(stream, "The stream"));
    }

    /// <summary>Exposes intermediate tensors as outputs, after the outputs that the network already has.</summary>
    /// <param name="names">Names out of <see cref="Tensors"/>. A tensor that is an output already stays the output that it is.</param>
    /// <returns>A new graph that computes what this one does, and hands out the named tensors too, each with its element type and shape.</returns>
    /// <exception cref="ArgumentException">
    /// A name is not that of a tensor (the message lists similar ones), is that of a weight or of an input, or is that of a
    /// tensor whose type and shape cannot be known.
    /// </exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime has to be asked for a shape, and its native library is missing.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network.</exception>
    public OnnxGraph WithOutputs(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);

        return new OnnxGraph(OutputExposure.Expose(_model, names, nameof(names)));
    }

    /// <summary>Fixes the sizes of an input that takes any, such as the height and width of images, so that what is made of it has fixed sizes too.</summary>
    /// <param name="inputName">A name out of <see cref="Inputs"/>.</param>
    /// <param name="sizes">The sizes after the batch, as 3, 224, 224; those that the network fixes are given again.</param>
    /// <returns>A new graph that computes what this one does of inputs of these sizes.</returns>
    /// <exception cref="ArgumentException">There is no such input, its shape is not known, or the sizes do not go with it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public OnnxGraph WithInputSizes(string inputName, params long[] sizes)
    {
        ArgumentException.ThrowIfNullOrEmpty(inputName);
        ArgumentNullException.ThrowIfNull(sizes);
        foreach (long size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(sizes));
        }

        return new OnnxGraph(InputSizes.Fix(_model, inputName, sizes));
    }

    /// <summary>
    /// Chooses what to monitor: early tensors, the last embedding and the logits, with a score of each, from the way the
    /// operators hang together. The plan says why each was chosen, and can be edited.
    /// </summary>
    /// <remarks>
    /// The last embedding is what the last Gemm, MatMul or 1×1 Conv with constant weights is applied to; the logits are what
    /// it gives, before any softmax. Early tensors are the last activations of maps with more positions than the one that
    /// the last embedding is made of, at most four, or the residual sums at a quarter, a half and three quarters of a
    /// transformer's depth. Their weights are 1.5 / their number. Without logits
    /// <see cref="OutOfDistributionScore.FeatureNorm(string, double)"/> of the last embedding stands in for the energy.
    /// </remarks>
    /// <param name="hasClasses">Whether the rows will have classes of their own, so that a network without logits too is measured by class.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is nothing to choose (the message says what was looked for), or ONNX Runtime has to be asked for a shape, and its native library is missing.
    /// </exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network, or what describes a detector in it is damaged.</exception>
    public MonitoringPlan SuggestMonitoring(bool hasClasses = false) =>
        new MonitoringSearch(_embeddings.Value, Detectors.SelectMany(detector => detector.Metadata.Outputs.Names())).Suggest(hasClasses);

    /// <summary>How the rows of a tensor become embeddings, as far as the operators of the network tell.</summary>
    /// <remarks>
    /// Shapes do not tell feature maps N×C×T from the tokens N×T×C of a transformer. Convolutions have their channels second, and matrix products
    /// last, and other operators pass that on. For tokens set <see cref="OnnxFeatureOptions.TokenPooling"/>.
    /// </remarks>
    /// <param name="tensorName">A name out of <see cref="Tensors"/>.</param>
    /// <returns>
    /// <see cref="EmbeddingPooling.None"/> for N×P, <see cref="EmbeddingPooling.Positions"/> for N×C×T and N×C×H×W, <see cref="EmbeddingPooling.MeanToken"/> for
    /// N×T×C. Null where it cannot be told, as of the weights of attention, or where the tensor is no embedding: of another type than <see cref="float"/>,
    /// float16 and <see cref="double"/>, an input, of a single value, of sizes that are not fixed, or of other rows than the network's.
    /// </returns>
    /// <exception cref="ArgumentException">There is no such tensor; the message lists similar names.</exception>
    /// <inheritdoc cref="Tensors" path="/exception"/>
    public EmbeddingPooling? PoolingOf(string tensorName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        return _embeddings.Value.Network.Find(tensorName) is not null
            ? _embeddings.Value.Find(tensorName)?.Pooling
            : throw new ArgumentException($"The network has no tensor '{tensorName}'. {NearMatches.Suggest(tensorName, [.. Tensors.Select(tensor => tensor.Name)])}", nameof(tensorName));
    }

    /// <summary>Adds a detector of one tensor to the network, with its outputs after those that the network already has.</summary>
    /// <remarks>
    /// All that is in the network stays as it is; where a new name is taken, a number is put behind it. The tensor is averaged
    /// over its positions if it is N×C×T or N×C×H×W, or flattened if the detector was fitted to as many values as the whole map has
    /// (<see cref="OnnxFeatureOptions.Flatten"/>), and converted if it is of half or double precision. Several detectors, each
    /// with its own prefix, can be fused into one network, one after the other. The limit of a detector's flag becomes an optional input
    /// of the network, <see cref="OnnxDetectorInfo.OutlierThresholdInput"/>.
    /// </remarks>
    /// <param name="detector">A graph with one detector, as <see cref="OnnxDetectorExtensions.ToOnnx(ModelledEmbedding, double, bool)"/> makes it.</param>
    /// <param name="tensorName">The tensor to monitor, out of <see cref="Tensors"/>: where the embeddings that the detector was fitted to came from.</param>
    /// <param name="prefix">
    /// The name of the detector, and the start of the names of its outputs and of its input, as in "layer2_distance"; null for the name "dime"
    /// and names without prefix.
    /// </param>
    /// <returns>A new graph; <see cref="Detectors"/> tells the names of the new outputs.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="detector"/> does not have just one detector, of one tensor; or the network has no such tensor (the message lists similar
    /// names), or the tensor's type or shape is not that of the detector's embeddings, or cannot be known.
    /// </exception>
    /// <exception cref="NotSupportedException">The network uses standard operators older than opset 9.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime has to be asked for a shape, and its native library is missing.</exception>
    /// <exception cref="InvalidDataException">The detector is damaged, or ONNX Runtime rejects the network.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "One name and several are told apart by their type.")]
    public OnnxGraph Fuse(OnnxGraph detector, string tensorName, string? prefix = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        return Fuse(detector, [tensorName], prefix, tokenPooling: null, nameof(tensorName));
    }

    /// <summary>Adds a detector of one tensor or several, an ensemble, to the network, with its outputs after those that the network already has.</summary>
    /// <inheritdoc cref="Fuse(OnnxGraph, string, string?)" path="/remarks|/returns|/exception"/>
    /// <param name="detector">
    /// A graph with one detector, as <see cref="OnnxDetectorExtensions.ToOnnx(ModelledEnsemble, double)"/> or
    /// <see cref="OnnxDetectorExtensions.ToOnnx(ModelledEmbedding, double, bool)"/> makes it.
    /// </param>
    /// <param name="tensorNames">
    /// The tensors to monitor, out of <see cref="Tensors"/>, in the order of the detector's own <see cref="Inputs"/>: where the columns that it was
    /// fitted to came from.
    /// </param>
    /// <param name="prefix"><inheritdoc cref="Fuse(OnnxGraph, string, string?)" path="/param[@name='prefix']/node()"/></param>
    /// <param name="tokenPooling">
    /// What becomes of tensors of three dimensions, the same as <see cref="OnnxFeatureOptions.TokenPooling"/> where the training embeddings came
    /// from: feature maps N×C×T, or the mean or the first of the tokens N×T×C. Null, the default, takes them for feature maps, and refuses those that
    /// <see cref="PoolingOf"/> knows for tokens of as many values as the detector was fitted to.
    /// </param>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "One name and several are told apart by their type.")]
    public OnnxGraph Fuse(OnnxGraph detector, IEnumerable<string> tensorNames, string? prefix = null, TokenPooling? tokenPooling = null)
    {
        ArgumentNullException.ThrowIfNull(tensorNames);
        string[] names = [.. tensorNames];
        foreach (string name in names)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(tensorNames));
        }

        return Fuse(detector, names, prefix, tokenPooling, nameof(tensorNames));
    }

    /// <summary>Restores a DIME detector that <see cref="Detectors"/> lists, exactly as it was exported: its distances are the same to the bit.</summary>
    /// <param name="name">The name of the detector; null where there is only one that is no ensemble.</param>
    /// <returns>The fitted model, calibrated if it was.</returns>
    /// <exception cref="ArgumentException">There is no such detector, it is an ensemble, or no name is given and there is not just one.</exception>
    /// <exception cref="InvalidDataException">A detector is damaged: parts of it are missing, of another size, or not finite.</exception>
    public ModelledEmbedding ToModelledEmbedding(string? name = null) => DetectorReader.Read<DimeDetector>(_model, Detectors, name, nameof(name)).Embedding;

    /// <summary>Restores an ensemble that <see cref="Detectors"/> lists, exactly as it was exported: its scores and probabilities are the same to the bit.</summary>
    /// <param name="name">The name of the detector; null where there is only one that is an ensemble.</param>
    /// <returns>The fitted and calibrated ensemble.</returns>
    /// <exception cref="ArgumentException">There is no such detector, it is no ensemble, or no name is given and there is not just one.</exception>
    /// <exception cref="InvalidDataException">A detector is damaged: parts of it are missing, of another size, or not finite.</exception>
    public ModelledEnsemble ToEnsemble(string? name = null) => DetectorReader.Read<EnsembleDetector>(_model, Detectors, name, nameof(name)).Ensemble;

    /// <summary>Writes the network to a file, replacing one that exists. The file appears whole or not at all.</summary>
    /// <param name="path">The path of the file to write.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        WholeFile.Write(path, Save);
    }

    /// <summary>Writes the network to a stream. The stream stays open.</summary>
    /// <param name="stream">Where the bytes go.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);

        _model.WriteTo(stream);
    }

    /// <summary>The bytes that <see cref="Save(Stream)"/> writes.</summary>
    internal byte[] ToBytes() => _model.ToByteArray();

    /// <summary>A copy of the model for graph surgery; large weights are shared with it, not copied.</summary>
    internal ModelProto CopyModel() => _model.Clone();

    /// <summary>The part of the network that computes some of its tensors, and nothing else.</summary>
    /// <param name="tensorNames">The tensors.</param>
    /// <param name="parameterName">The parameter of the public method that named them, if one did.</param>
    /// <exception cref="ArgumentException">
    /// The network has no such tensor, its type and shape cannot be known or are no features, or inputs and outputs do not agree on a batch.
    /// </exception>
    internal OnnxFeatureModel Part(IReadOnlyList<string> tensorNames, string? parameterName = null)
    {
        ModelProto part = OutputExposure.Expose(_model, tensorNames, parameterName);
        Subgraph.KeepOnly(part, tensorNames);

        // The outputs of the detectors are gone.
        DetectorMetadata.RemoveFrom(part);
        return new OnnxFeatureModel(part, tensorNames, parameterName);
    }

    private OnnxGraph Fuse(OnnxGraph detector, string[] tensorNames, string? prefix, TokenPooling? tokenPooling, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(detector);
        if (prefix is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        }

        Detector fitted = DetectorReader.Read<Detector>(detector._model, detector.Detectors, null, nameof(detector));
        bool HasTokens(string tensorName) => PoolingOf(tensorName) == EmbeddingPooling.MeanToken;
        return new OnnxGraph(GraphFusion.Fuse(_model, fitted, tensorNames, prefix, tokenPooling, HasTokens, parameterName));
    }

    // Once for each list: it may take a session of ONNX Runtime.
    private Lazy<ReadOnlyCollection<OnnxTensorInfo>> Described(Func<IEnumerable<string>> names) => new(() => TensorListing.Describe(_model, names()));
}
