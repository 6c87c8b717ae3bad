using Dime.MLNet;
using Dime.MLNet.Internals;

namespace Microsoft.ML;

/// <summary>Pooling among the transforms of an <see cref="MLContext"/>.</summary>
public static class PoolingCatalog
{
    /// <summary>
    /// Creates a <see cref="GlobalAveragePoolingEstimator"/>, which makes an embedding of a feature map: each channel
    /// becomes its mean over all positions.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to write: C means.</param>
    /// <param name="inputColumnName">
    /// The column of feature maps, whose dimensions are [1,C,H,W], [C,H,W], [1,C,T] or [C,T], as ML.NET's ONNX stage
    /// gives them; null for the same name.
    /// </param>
    /// <exception cref="ArgumentException">A name is empty or white space.</exception>
    public static GlobalAveragePoolingEstimator GlobalAveragePool(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null) =>
        new(EnvironmentAccess.EnvironmentOf(catalog), outputColumnName, inputColumnName);
}
