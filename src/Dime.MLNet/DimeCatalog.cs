using System.Diagnostics.CodeAnalysis;
using Dime.MLNet;
using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Out-of-distribution detection among the transforms of an <see cref="MLContext"/>.</summary>
public static class DimeCatalog
{
    /// <summary>
    /// Creates a <see cref="DimeEstimator"/>: it fits a hyperplane to a column of embeddings, and appends to each row the
    /// distance to it (<c>DimeDistance</c>), the probability of such a distance or a smaller one (<c>DimeProbability</c>)
    /// and whether the row is out of distribution (<c>IsOutOfDistribution</c>).
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">The column of embeddings: a known-size vector of <see cref="float"/>.</param>
    /// <param name="explainedVarianceThreshold"><inheritdoc cref="ModelledEmbedding.Fit" path="/param[@name='explainedVarianceThreshold']/node()"/></param>
    /// <param name="rank">The dimension of the hyperplane, 1 or more; null to choose it by the threshold.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged, in (0, 1]: 0.95 flags about 5 % of in-distribution rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static DimeEstimator DetectOutOfDistribution(
        this TransformsCatalog catalog,
        string inputColumnName = Defaults.InputColumnName,
        double explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold,
        int? rank = null,
        double outlierProbability = Defaults.OutlierProbability) =>
        catalog.DetectOutOfDistribution(new DimeOptions
        {
            InputColumnName = inputColumnName,
            ExplainedVarianceThreshold = explainedVarianceThreshold,
            Rank = rank,
            OutlierProbability = outlierProbability,
        });

    /// <summary>Creates a <see cref="DimeEstimator"/> with all of its options.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">What to read, how to fit and what to append.</param>
    /// <exception cref="ArgumentException">No output column is left, or two have the same name.</exception>
    public static DimeEstimator DetectOutOfDistribution(this TransformsCatalog catalog, DimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DimeEstimator(EnvironmentAccess.EnvironmentOf(catalog), options);
    }

    /// <summary>
    /// Creates an <see cref="EnsembleEstimator"/>: it fits several scores of several embeddings, and appends to each row their statistic
    /// (<c>DimeDistance</c>), the probability of such a statistic or a smaller one (<c>DimeProbability</c>) and whether the row is out of
    /// distribution (<c>IsOutOfDistribution</c>).
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">The scores, how to fit and what to append.</param>
    /// <inheritdoc cref="EnsembleEstimator(MLContext, EnsembleOptions)" path="/exception"/>
    public static EnsembleEstimator DetectOutOfDistribution(this TransformsCatalog catalog, EnsembleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EnsembleEstimator(EnvironmentAccess.EnvironmentOf(catalog), options);
    }

    /// <summary>Puts an embedding that is fitted already into a pipeline, such as one of merged <see cref="EmbeddingAccumulator"/>s.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="embedding">The fitted hyperplane, with its calibration if it has one.</param>
    /// <param name="options"><inheritdoc cref="DimeTransformer(MLContext, ModelledEmbedding, DimeOptions)" path="/param[@name='options']/node()"/></param>
    /// <inheritdoc cref="DimeTransformer(MLContext, ModelledEmbedding, DimeOptions)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "The required model tells this one from the others.")]
    public static DetectorScoringEstimator<DimeTransformer> DetectOutOfDistribution(
        this TransformsCatalog catalog, ModelledEmbedding embedding, DimeOptions? options = null) =>
        new(new DimeTransformer(EnvironmentAccess.EnvironmentOf(catalog), embedding, options));

    /// <summary>Puts an ensemble that is fitted already into a pipeline, such as one of merged <see cref="EnsembleAccumulator"/>s.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="ensemble">The fitted ensemble, with its calibration if it has one.</param>
    /// <param name="options"><inheritdoc cref="EnsembleTransformer(MLContext, ModelledEnsemble, EnsembleOptions)" path="/param[@name='options']/node()"/></param>
    /// <inheritdoc cref="EnsembleTransformer(MLContext, ModelledEnsemble, EnsembleOptions)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "The required model tells this one from the others.")]
    public static DetectorScoringEstimator<EnsembleTransformer> DetectOutOfDistribution(
        this TransformsCatalog catalog, ModelledEnsemble ensemble, EnsembleOptions? options = null) =>
        new(new EnsembleTransformer(EnvironmentAccess.EnvironmentOf(catalog), ensemble, options));

    /// <summary>Learns from other data how large distances usually are: <see cref="DimeTransformer.Calibrate"/> for a whole pipeline.</summary>
    /// <remarks>
    /// The old pipeline and the new one can be disposed in any order: each holds the session of its own <see cref="OnnxFeatureTransformer"/>.
    /// Other stages are the same objects in both; where they are disposable, as that of <c>ApplyOnnxModel</c> is, dispose neither
    /// pipeline before you are done with both.
    /// </remarks>
    /// <param name="model">A fitted pipeline that ends with a <see cref="DimeTransformer"/>.</param>
    /// <param name="data">In-distribution data as the pipeline takes it, which it was not fitted to. It is read once.</param>
    /// <returns>A new pipeline that differs in the calibration of its last transformer.</returns>
    /// <exception cref="ArgumentException">The pipeline is empty, or the data lacks a column that it reads.</exception>
    /// <exception cref="InvalidOperationException">There is no row of finite values, or a row cannot be read, which the message names.</exception>
    public static TransformerChain<DimeTransformer> Calibrate(this TransformerChain<DimeTransformer> model, IDataView data) =>
        PipelineCalibration.CalibrateLast(model, data);

    /// <summary>Learns from other data how large scores usually are: <see cref="EnsembleTransformer.Calibrate"/> for a whole pipeline.</summary>
    /// <remarks><inheritdoc cref="Calibrate(TransformerChain{DimeTransformer}, IDataView)" path="/remarks/node()"/></remarks>
    /// <param name="model">A fitted pipeline that ends with an <see cref="EnsembleTransformer"/>.</param>
    /// <param name="data">In-distribution data as the pipeline takes it, which it was not fitted to, 20 rows or more. It is read once.</param>
    /// <returns>A new pipeline that differs in the calibration of its last transformer.</returns>
    /// <exception cref="ArgumentException">The pipeline is empty, or the data lacks a column that it reads.</exception>
    /// <exception cref="InvalidOperationException">There are fewer than 20 rows of finite values, a score is constant, or a row cannot be read, which the message names.</exception>
    public static TransformerChain<EnsembleTransformer> Calibrate(this TransformerChain<EnsembleTransformer> model, IDataView data) =>
        PipelineCalibration.CalibrateLast(model, data);

    /// <summary>
    /// Learns from other data how large distances usually are, for a pipeline of which no more is known than that it has a detector,
    /// such as <c>mlContext.Model.Load</c> gives: a <see cref="DetectorTransformer"/>, a chain with one in it, or chains within chains.
    /// </summary>
    /// <remarks><inheritdoc cref="Calibrate(TransformerChain{DimeTransformer}, IDataView)" path="/remarks/node()"/></remarks>
    /// <param name="model">A fitted pipeline. What stands before the detector is applied as in scoring; what stands behind it is not.</param>
    /// <param name="data">In-distribution data as the pipeline takes it, which it was not fitted to. It is read once.</param>
    /// <param name="outputColumnName">A column that the detector appends, such as "DimeDistance"; null where there is only one detector.</param>
    /// <returns>A new pipeline of the same type and scopes that differs in the calibration of the detector.</returns>
    /// <exception cref="ArgumentException">
    /// The pipeline has no detector, or several and none is named, or none that appends the column; or the data lacks a column that is read.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no row of finite values, or a row cannot be read, which the message names.</exception>
    public static ITransformer Calibrate(this ITransformer model, IDataView data, string? outputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        return PipelineCalibration.Calibrate(model, PipelineCalibration.FindDetector(model, outputColumnName), data);
    }
}
