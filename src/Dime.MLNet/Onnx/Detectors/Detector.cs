namespace Dime.MLNet.Onnx.Detectors;

/// <summary>All that the operators of a detector are made from.</summary>
/// <param name="Embedding">The fitted model.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="IncludesWithin">Whether the distance within the hyperplane, and its probability, are among the outputs.</param>
internal sealed record Detector(ModelledEmbedding Embedding, double OutlierProbability, bool IncludesWithin);
