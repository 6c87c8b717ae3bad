using System.Diagnostics.CodeAnalysis;
using Dime.MLNet.Modelling;

namespace Dime.MLNet;

/// <summary>
/// A hyperplane through the origin that approximates the embeddings a network gives its training data, and the distances
/// of new embeddings to it and within it: DIME on plain arrays.
/// </summary>
/// <remarks>
/// <para>
/// The method is that of Sjögren and Trygg, "Out-of-Distribution Example Detection in Deep Neural Networks using Distance
/// to Modelled Embedding", arXiv 2108.10673 (2021). With X the N×P matrix of training embeddings, which is not centred,
/// and V the first k right singular vectors of X:
/// </para>
/// <list type="table">
/// <item><term>scores</term><description>s = xV</description></item>
/// <item><term>distance to the hyperplane</term><description>‖x − VVᵀx‖₂</description></item>
/// <item><term>distance within the hyperplane</term><description>√((s − s̄) C⁻¹ (s − s̄)ᵀ), with s̄ and C the mean and covariance (divisor N − 1) of the training scores; directions of zero variance are left out</description></item>
/// <item><term>probability of a distance</term><description>i / (n − 1) for the first of the n calibration percentiles, counted from 0, that is above the distance, and 1 where there is none: the share of the calibration data with a distance as small or smaller</description></item>
/// </list>
/// <para>
/// Rows are row-major single-precision values. A row with a value that is not finite is infinitely far away: its distances
/// are +∞ and its probabilities 1. Distances to the hyperplane are within 1e-4 relative, or 1e-6·‖x‖ absolute, of a
/// double-precision computation; distances within it inherit the rounding of single-precision scores, about 1e-7·‖x‖,
/// which shows where the scores vary that little. A row gets the same bits alone, in a batch, and on any number of threads.
/// </para>
/// <para>An instance never changes, and may be used by any number of threads at once.</para>
/// </remarks>
public sealed class ModelledEmbedding : IDetectorModel<ModelledEmbedding>
{
    private readonly Hyperplane _plane;
    private readonly double[] _explainedVariance;
    private readonly double[]? _spectrum;
    private readonly ScoreDistribution? _scores;
    private readonly EmpiricalDistribution? _distances;
    private readonly EmpiricalDistribution? _withinDistances;

    internal ModelledEmbedding(
        float[] basis,
        int dimension,
        double[] explainedVariance,
        ScoreDistribution? scores,
        EmpiricalDistribution? distances = null,
        EmpiricalDistribution? withinDistances = null,
        double[]? spectrum = null,
        long calibrationRowCount = 0,
        bool normalizes = false,
        long trainingRowCount = 0)
        : this(
            new Hyperplane(basis, dimension, scores, normalizes),
            explainedVariance,
            spectrum,
            scores,
            distances,
            withinDistances,
            calibrationRowCount,
            trainingRowCount)
    {
    }

    private ModelledEmbedding(
        Hyperplane plane,
        double[] explainedVariance,
        double[]? spectrum,
        ScoreDistribution? scores,
        EmpiricalDistribution? distances,
        EmpiricalDistribution? withinDistances,
        long calibrationRowCount,
        long trainingRowCount)
    {
        _plane = plane;
        _explainedVariance = explainedVariance;
        _spectrum = spectrum;
        CalibrationRowCount = calibrationRowCount;
        TrainingRowCount = trainingRowCount;
        _scores = scores;
        _distances = distances;
        _withinDistances = withinDistances;
    }

    /// <summary>P, the length of an embedding.</summary>
    public int Dimension => _plane.Dimension;

    /// <summary>k, the dimension of the hyperplane.</summary>
    public int Rank => _plane.Rank;

    /// <summary>Whether rows are scaled to length 1, x / max(‖x‖₂, 1e-12), before they are measured, as those of the fit were.</summary>
    public bool Normalizes => _plane.Normalizes;

    /// <summary>Whether distances can be turned into probabilities.</summary>
    public bool IsCalibrated => _distances is not null;

    /// <summary>V, row-major P×k: the orthonormal directions that span the hyperplane, by falling explained variance.</summary>
    public ReadOnlyMemory<float> BasisVectors => _plane.Basis;

    /// <summary>For each of the k directions its share of the embeddings' uncentred second moment, λᵢ / Σλ; falling, in (0, 1].</summary>
    public IReadOnlyList<double> ExplainedVariance => _explainedVariance.AsReadOnly();

    /// <summary>
    /// The same share for each of all P directions, in the hyperplane and outside: P values, falling, in [0, 1], of sum 1.
    /// Null where the model was restored from a file that does not have them.
    /// </summary>
    public IReadOnlyList<double>? Spectrum => _spectrum?.AsReadOnly();

    /// <summary>The number of rows that the model was calibrated on; 0 before calibration, and where the model was restored from a file that does not tell.</summary>
    public long CalibrationRowCount { get; }

    /// <summary>
    /// N, the number of rows that the hyperplane was fitted to, or their total weight where that is less: what their mean can be
    /// trusted for. 0 where the model was restored from a file that does not tell.
    /// </summary>
    public long TrainingRowCount { get; }

    /// <summary>Whether <see cref="DistanceWithinHyperplane(ReadOnlySpan{float})"/> is defined: a total weight of 1 or less, as of a single row, has no covariance.</summary>
    public bool HasDistanceWithinHyperplane => _scores is not null;

    /// <summary>
    /// The calibration data's distances to the hyperplane: n percentiles linspace(0, 100, n), ascending, to which
    /// <see cref="ProbabilityOfDistanceToHyperplane(ReadOnlySpan{float})"/> compares; empty before calibration.
    /// </summary>
    public ReadOnlyMemory<float> DistancePercentiles => _distances?.PercentileMemory ?? default;

    /// <summary>
    /// The calibration data's distances within the hyperplane: n percentiles linspace(0, 100, n), ascending, to which
    /// <see cref="ProbabilityOfDistanceWithinHyperplane(ReadOnlySpan{float})"/> compares; empty before calibration, and
    /// where that distance is not defined.
    /// </summary>
    public ReadOnlyMemory<float> WithinDistancePercentiles => _withinDistances?.PercentileMemory ?? default;

    IReadOnlyList<int> IDetectorModel.Dimensions => [Dimension];

    IReadOnlyList<string> IDetectorModel.ScoreNames => [];

    long IDetectorModel.Work => (long)Dimension * Rank;

    EmpiricalDistribution? IDetectorModel.Distances => _distances;

    EmpiricalDistribution? IDetectorModel.WithinDistances => _withinDistances;

    internal ScoreDistribution? Scores => _scores;

    internal EmpiricalDistribution? Distances => _distances;

    internal EmpiricalDistribution? WithinDistances => _withinDistances;

    /// <summary>Finds the hyperplane of training embeddings.</summary>
    /// <param name="rows">Row-major N×P embeddings. Rows with a value that is not finite are left out.</param>
    /// <param name="dimension">P, the length of an embedding.</param>
    /// <param name="explainedVarianceThreshold">
    /// The share of the uncentred second moment that the hyperplane must explain, in (0, 1]: the rank becomes the smallest
    /// k whose cumulative explained variance is at least this, and never more than the numerical rank of the data.
    /// dime-pytorch 1.0.1 means the same, but picks k = 1 for every float threshold on current PyTorch versions. Ignored
    /// where <paramref name="rank"/> is given.
    /// </param>
    /// <param name="rank">
    /// k, the dimension of the hyperplane, from 1 to P; null to choose it by the threshold. Every row lies in a hyperplane of rank P, and
    /// each of N rows in one of rank N: what is left of such distances is rounding.
    /// </param>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <paramref name="dimension"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is less than 1, the threshold not in (0, 1], or the rank not in 1..P or above the numerical rank of the rows.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to fit: no rows, none that is finite, or zeros only.</exception>
    public static ModelledEmbedding Fit(
        ReadOnlySpan<float> rows, int dimension, double explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold, int? rank = null)
    {
        var sums = new EmbeddingAccumulator(dimension);
        HyperplaneFit.CheckArguments(dimension, explainedVarianceThreshold, rank);
        sums.Add(rows);
        return sums.Fit(explainedVarianceThreshold, rank);
    }

    /// <summary>Learns from other data how large distances usually are.</summary>
    /// <param name="rows">Row-major N×P embeddings that the hyperplane was not fitted to. Rows with a value that is not finite are left out.</param>
    /// <param name="percentileCount">How many percentiles of the distances to keep, 2 or more: probabilities are multiples of 1 / (count − 1).</param>
    /// <returns>A new, calibrated model of the same hyperplane.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>, or no row is finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentileCount"/> is less than 2.</exception>
    public ModelledEmbedding Calibrate(ReadOnlySpan<float> rows, int percentileCount = Defaults.PercentileCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percentileCount, 2);
        var sample = new CalibrationSample(this);
        sample.Add(rows);
        RequireAny(sample, nameof(rows));
        return Calibrate(sample, percentileCount);
    }

    /// <summary>Learns from other data, given block by block, how large distances usually are.</summary>
    /// <remarks>
    /// Of a row its one or two distances are kept, 4 bytes each; the result is the same as of all rows at once. A block is
    /// measured before the next one is asked for, so that one array may serve for all of them.
    /// </remarks>
    /// <param name="blocks">
    /// Blocks of row-major N×P embeddings that the hyperplane was not fitted to, of any numbers of rows; large blocks are
    /// measured on all cores. They are enumerated once. Rows with a value that is not finite are left out.
    /// </param>
    /// <param name="percentileCount"><inheritdoc cref="Calibrate(ReadOnlySpan{float}, int)" path="/param[@name='percentileCount']/node()"/></param>
    /// <returns>A new, calibrated model of the same hyperplane.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="blocks"/> is null.</exception>
    /// <exception cref="ArgumentException">The length of a block is no multiple of <see cref="Dimension"/>, or no row is finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentileCount"/> is less than 2.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "Rows and blocks are told apart by their type.")]
    public ModelledEmbedding Calibrate(IEnumerable<ReadOnlyMemory<float>> blocks, int percentileCount = Defaults.PercentileCount)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(percentileCount, 2);
        var sample = new CalibrationSample(this);
        foreach (ReadOnlyMemory<float> block in RowShape.WholeRows(blocks, Dimension, nameof(blocks)))
        {
            sample.Add(block.Span);
        }

        RequireAny(sample, nameof(blocks));
        return Calibrate(sample, percentileCount);
    }

    /// <summary>Writes the model in a versioned, checksummed binary form, of about 4·P·k + 8·P bytes and 4 bytes for each percentile.</summary>
    /// <param name="stream">Where to write; it is left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        EmbeddingFormat.Save(stream, this);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. Its distances and probabilities are the same to the bit.</summary>
    /// <param name="stream">Where to read; it is left open, just behind the model.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">The content is no such model, was cut short or altered, is of a newer version, or no fit can have given it.</exception>
    public static ModelledEmbedding Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return EmbeddingFormat.Load(stream);
    }

    /// <summary>Projects rows onto the hyperplane: s = xV.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>Row-major N×k scores.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    public float[] Transform(ReadOnlySpan<float> rows)
    {
        float[] scores = new float[CountRows(rows) * Rank];
        Transform(rows, scores);
        return scores;
    }

    /// <inheritdoc cref="Transform(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N×k scores, row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Transform(ReadOnlySpan<float> rows, Span<float> destination)
    {
        int needed = RowShape.RequireRoom(destination.Length, CountRows(rows), Rank, nameof(destination));
        _plane.Project(rows, destination[..needed]);
    }

    /// <summary>Takes scores back to where they lie in the space of embeddings: x̂ = sVᵀ.</summary>
    /// <param name="scores">Row-major N×k scores.</param>
    /// <returns>Row-major N×P embeddings, all of them in the hyperplane.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="scores"/> is no multiple of <see cref="Rank"/>, or the embeddings are more than an array can hold.</exception>
    public float[] InverseTransform(ReadOnlySpan<float> scores)
    {
        float[] rows = new float[RowShape.RequireArray(RowShape.CountRows(scores.Length, Rank, nameof(scores)), Dimension, nameof(scores))];
        InverseTransform(scores, rows);
        return rows;
    }

    /// <inheritdoc cref="InverseTransform(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="scores">Row-major N×k scores.</param>
    /// <param name="destination">Receives N×P embeddings, row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void InverseTransform(ReadOnlySpan<float> scores, Span<float> destination)
    {
        int needed = RowShape.RequireRoom(destination.Length, RowShape.CountRows(scores.Length, Rank, nameof(scores)), Dimension, nameof(destination));
        _plane.Reconstruct(scores, destination[..needed]);
    }

    /// <summary>The squared distances to the hyperplane, ‖x − VVᵀx‖².</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>N sums of squares, 0 or more; they leave the range of <see cref="float"/> for distances above 1.8e19 and below 1e-23.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    public float[] ResidualSumOfSquares(ReadOnlySpan<float> rows)
    {
        float[] sums = new float[CountRows(rows)];
        ResidualSumOfSquares(rows, sums);
        return sums;
    }

    /// <inheritdoc cref="ResidualSumOfSquares(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N sums of squares.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void ResidualSumOfSquares(ReadOnlySpan<float> rows, Span<float> destination) =>
        _plane.ResidualSumOfSquares(rows, Room(rows, destination));

    /// <summary>The distances to the hyperplane, ‖x − VVᵀx‖₂: the DIME score. Large means unlike the training data.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>N distances, 0 or more, in the unit of the embeddings; +∞ for a row with a value that is not finite.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    public float[] DistanceToHyperplane(ReadOnlySpan<float> rows)
    {
        float[] distances = new float[CountRows(rows)];
        DistanceToHyperplane(rows, distances);
        return distances;
    }

    /// <inheritdoc cref="DistanceToHyperplane(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N distances.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void DistanceToHyperplane(ReadOnlySpan<float> rows, Span<float> destination) =>
        _plane.Measure(rows, Room(rows, destination), []);

    /// <summary>The Mahalanobis distances within the hyperplane, √((s − s̄) C⁻¹ (s − s̄)ᵀ). Large means an unusual place in the hyperplane.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>N distances, 0 or more, in standard deviations; +∞ for a row with a value that is not finite.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The model was fitted to rows with a total weight of 1 or less.</exception>
    public float[] DistanceWithinHyperplane(ReadOnlySpan<float> rows)
    {
        float[] distances = new float[CountRows(rows)];
        DistanceWithinHyperplane(rows, distances);
        return distances;
    }

    /// <inheritdoc cref="DistanceWithinHyperplane(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N distances.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The model was fitted to rows with a total weight of 1 or less.</exception>
    public void DistanceWithinHyperplane(ReadOnlySpan<float> rows, Span<float> destination)
    {
        RequireDistanceWithin();
        _plane.Measure(rows, [], Room(rows, destination));
    }

    /// <summary>The probabilities of a <see cref="DistanceToHyperplane(ReadOnlySpan{float})"/> as small or smaller.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>N probabilities in [0, 1]; large means unlike the calibration data.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated.</exception>
    public float[] ProbabilityOfDistanceToHyperplane(ReadOnlySpan<float> rows)
    {
        float[] probabilities = new float[CountRows(rows)];
        ProbabilityOfDistanceToHyperplane(rows, probabilities);
        return probabilities;
    }

    /// <inheritdoc cref="ProbabilityOfDistanceToHyperplane(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N probabilities.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated.</exception>
    public void ProbabilityOfDistanceToHyperplane(ReadOnlySpan<float> rows, Span<float> destination)
    {
        EmpiricalDistribution calibration = RequireCalibrated(_distances);
        DistanceToHyperplane(rows, destination);
        calibration.ReplaceByProbabilities(Room(rows, destination));
    }

    /// <summary>The probabilities of a <see cref="DistanceWithinHyperplane(ReadOnlySpan{float})"/> as small or smaller.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <returns>N probabilities in [0, 1]; large means unlike the calibration data.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated, or was fitted to rows with a total weight of 1 or less.</exception>
    public float[] ProbabilityOfDistanceWithinHyperplane(ReadOnlySpan<float> rows)
    {
        float[] probabilities = new float[CountRows(rows)];
        ProbabilityOfDistanceWithinHyperplane(rows, probabilities);
        return probabilities;
    }

    /// <inheritdoc cref="ProbabilityOfDistanceWithinHyperplane(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="destination">Receives N probabilities.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The model is not calibrated, or was fitted to rows with a total weight of 1 or less.</exception>
    public void ProbabilityOfDistanceWithinHyperplane(ReadOnlySpan<float> rows, Span<float> destination)
    {
        RequireDistanceWithin();
        EmpiricalDistribution calibration = RequireCalibrated(_withinDistances);
        DistanceWithinHyperplane(rows, destination);
        calibration.ReplaceByProbabilities(Room(rows, destination));
    }

    void IDetectorModel.Measure(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances, Span<float> scoreProbabilities) =>
        Measure(rows, distances, withinDistances);

    ICalibrationSample<ModelledEmbedding> IDetectorModel<ModelledEmbedding>.CreateCalibrationSample() => new CalibrationSample(this);

    /// <summary>Both distances from one projection; either destination may be empty, and else must take one value a row.</summary>
    internal void Measure(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances) =>
        _plane.Measure(rows, distances, withinDistances);

    internal ModelledEmbedding Calibrate(CalibrationSample sample, int percentileCount) => new(
        _plane,
        _explainedVariance,
        _spectrum,
        _scores,
        EmpiricalDistribution.FromSample(sample.Distances, percentileCount),
        _scores is null ? null : EmpiricalDistribution.FromSample(sample.WithinDistances, percentileCount),
        sample.Count,
        TrainingRowCount);

    private static void RequireAny(CalibrationSample sample, string parameterName)
    {
        if (sample.Count == 0)
        {
            throw new ArgumentException("There is nothing to calibrate on: give at least one row of finite values.", parameterName);
        }
    }

    private int CountRows(ReadOnlySpan<float> rows) => RowShape.CountRows(rows.Length, Dimension, nameof(rows));

    private Span<float> Room(ReadOnlySpan<float> rows, Span<float> destination) =>
        destination[..RowShape.RequireRoom(destination.Length, CountRows(rows), width: 1, nameof(destination))];

    private void RequireDistanceWithin()
    {
        if (_scores is null)
        {
            throw new InvalidOperationException(
                "The distance within the hyperplane needs the covariance of the training scores: fit to two or more rows, of a total weight above 1.");
        }
    }

    private static EmpiricalDistribution RequireCalibrated(EmpiricalDistribution? calibration) =>
        calibration ?? throw new InvalidOperationException(
            $"Probabilities need a calibrated model: call {nameof(Calibrate)} with embeddings that it was not fitted to, and use the model it returns.");
}
