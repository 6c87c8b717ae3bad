using Dime.MLNet.Modelling;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>What a model's metadata says of a hyperplane. The basis is where the operators have it; the rest stands here, because not every export has an operator for it.</summary>
internal sealed record HyperplaneDescription(
    int Dimension, int Rank, string Basis, byte[] ExplainedVariance, byte[]? ScoreMean, byte[]? Whitening, bool Normalizes, byte[]? Spectrum, long TrainingRowCount = 0)
{
    public static HyperplaneDescription Of(ModelledEmbedding embedding, string basis) => new(
        embedding.Dimension,
        embedding.Rank,
        basis,
        BytesOf([.. embedding.ExplainedVariance]),
        embedding.Scores is { } scores ? BytesOf(scores.Mean) : null,
        embedding.Scores is { } whitened ? LittleEndian.BytesOf<float>(whitened.Whitening).ToArray() : null,
        embedding.Normalizes,
        embedding.Spectrum is { } spectrum ? BytesOf([.. spectrum]) : null,
        embedding.TrainingRowCount);

    /// <summary>What the file says, yet to be checked.</summary>
    public RestoredModel Read(DetectorWeights weights, float[]? percentiles = null, float[]? withinPercentiles = null)
    {
        float[] basis = weights.Matrix(Basis) ?? throw weights.Invalid($"its basis '{Basis}' is not {Dimension}×{Rank} numbers");
        return new RestoredModel(
            Dimension,
            Rank,
            basis,
            weights.Numbers<double>(ExplainedVariance, "explained variance"),
            ScoreMean is null ? null : weights.Numbers<double>(ScoreMean, "mean score"),
            Whitening is null ? null : weights.Numbers<float>(Whitening, "score distribution"),
            percentiles,
            withinPercentiles)
        {
            Normalizes = Normalizes,
            Spectrum = Spectrum is null ? null : weights.Numbers<double>(Spectrum, "spectrum"),
            TrainingRowCount = TrainingRowCount,
        };
    }

    private static byte[] BytesOf(double[] values) => LittleEndian.BytesOf<double>(values).ToArray();
}
