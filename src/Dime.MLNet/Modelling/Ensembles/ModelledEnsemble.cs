using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Numerics;

namespace Dime.MLNet;

/// <summary>
/// Several scores of several embeddings of the same input, and of the logits, in one calibrated probability: out-of-distribution
/// detection by an ensemble, on plain arrays.
/// </summary>
/// <remarks>
/// <para>
/// A row x is the values of all columns side by side, see <see cref="EmbeddingLayout"/>. Each score is of one column. With
/// N rows, or their total weight, to fit to:
/// </para>
/// <list type="table">
/// <item><term>normalised</term><description>x / max(‖x‖₂, 1e-12) takes the place of x, before all else</description></item>
/// <item><term>standardised</term><description>x / σ, σ the standard deviation (divisor N) of each feature, but at least 1e-3 of the root mean square of all σ; what follows is of standardised x</description></item>
/// <item><term><c>Mahalanobis</c></term><description>√((x − x̄) Σ₀⁻¹ (x − x̄)ᵀ), Σ₀ the covariance (divisor N), shrunk</description></item>
/// <item><term><c>ClassMahalanobis</c></term><description>min over classes c of √((x − μ_c) Σ_w⁻¹ (x − μ_c)ᵀ), Σ_w = (Σxxᵀ − Σ n_c μ_c μ_cᵀ) / N, shrunk: Lee, Lee, Lee and Shin, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks", NeurIPS 2018. A class with a weight below 2 has no μ_c to be near to</description></item>
/// <item><term><c>RelativeMahalanobis</c></term><description>ClassMahalanobis² − Mahalanobis², may be negative: Ren, Fort, Liu, Roy, Padhy and Lakshminarayanan, "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection", arXiv 2106.09022 (2021)</description></item>
/// <item><term>shrunk</term><description>oracle approximating shrinkage of S to (1 − ρ)S + ρ·(tr S / p)·I: Chen, Wiesel, Eldar and Hero, "Shrinkage Algorithms for MMSE Covariance Estimation", IEEE Transactions on Signal Processing 58 (2010), equation 23. No more rows than dimensions are needed</description></item>
/// <item><term><c>FeatureNorm</c></term><description>−‖x‖₂, not standardised</description></item>
/// <item><term><c>Energy</c></term><description>−ln Σ exp zᵢ of logits z: Liu, Wang, Owens and Li, "Energy-based Out-of-distribution Detection", NeurIPS 2020</description></item>
/// <item><term><c>Hyperplane</c>, <c>WithinHyperplane</c></term><description>the distances of <see cref="ModelledEmbedding"/></description></item>
/// <item><term>p-value of a score s</term><description>max(1 − probability(s), 1/(n + 1)) with the probability that <see cref="ModelledEmbedding"/> gives a distance, from the n calibration scores; beyond the largest of them min(1/(n + 1), 0.02·exp(−(s − u)/β)), u their 98th percentile and β the mean excess of those above u; never below 1e-30, and 1e-30 where s is not finite</description></item>
/// <item><term>statistic</term><description>T = −Σ wᵢ ln pᵢ, with the scores' weights: Fisher, "Statistical Methods for Research Workers" (1925), §21.1</description></item>
/// <item><term>probability</term><description>the share of calibration rows with a T as small or smaller, as for a distance of <see cref="ModelledEmbedding"/>; for it, the calibration row that is farthest by a score has the p-value that the others give it</description></item>
/// </list>
/// <para>
/// A row with a value that is not finite in a column in use has the statistic +∞ and the probability 1, and the scores of
/// that column are +∞. Scores are within 1e-4 relative of a double-precision computation (<c>RelativeMahalanobis</c>: 1e-4
/// of the larger of its two terms), unless a row lies nearer to a mean than about 1e-2 of the distances between the means.
/// A row gets the same bits alone, in a batch, and on any number of threads.
/// </para>
/// <para>An instance never changes, and may be used by any number of threads at once.</para>
/// </remarks>
public sealed class ModelledEnsemble : IDetectorModel<ModelledEnsemble>
{
    // Rows a block: small enough for the cache, large enough for the kernel.
    private const int BlockRows = 64;

    // Fewer cannot tell a probability of 0.95 from one of 1.
    private const int FewestCalibrationRows = 20;

    private readonly OutOfDistributionScore[] _scores;
    private readonly ScoreGroup[] _groups;
    private readonly IScoreModel[] _models;
    private readonly string[] _classNames;
    private readonly string[] _leftOutClassNames;
    private readonly EnsembleCalibration? _calibration;
    private readonly int _workPerValue;

    internal ModelledEnsemble(
        EmbeddingLayout layout,
        OutOfDistributionScore[] scores,
        ScoreGroup[] groups,
        IScoreModel[] models,
        string[] classNames,
        string[] leftOutClassNames,
        EnsembleCalibration? calibration = null)
    {
        Layout = layout;
        _scores = scores;
        _groups = groups;
        _models = models;
        _classNames = classNames;
        _leftOutClassNames = leftOutClassNames;
        _calibration = calibration;
        _workPerValue = (int)Math.Clamp(models.Sum(model => model.Work) / layout.Width, 1, int.MaxValue);
    }

    /// <summary>The columns of a row.</summary>
    public EmbeddingLayout Layout { get; }

    /// <summary>S scores, in the order in which they are measured.</summary>
    public IReadOnlyList<OutOfDistributionScore> Scores => _scores.AsReadOnly();

    /// <summary>The classes that rows are compared to, in the order of their names; empty where no score needs classes.</summary>
    public IReadOnlyList<string> ClassNames => _classNames.AsReadOnly();

    /// <summary>The classes that had no rows, or a weight below 2, so that rows are not compared to them.</summary>
    public IReadOnlyList<string> LeftOutClassNames => _leftOutClassNames.AsReadOnly();

    /// <summary>Whether scores can be turned into p-values and probabilities.</summary>
    public bool IsCalibrated => _calibration is not null;

    /// <summary>n, the number of rows that the ensemble was calibrated on; 0 before calibration.</summary>
    public long CalibrationRowCount => _calibration?.Count ?? 0;

    /// <summary>
    /// The calibration rows' statistics: percentiles linspace(0, 100, m), ascending, to which
    /// <see cref="Probability(ReadOnlySpan{float})"/> compares; empty before calibration.
    /// </summary>
    public ReadOnlyMemory<float> StatisticPercentiles => _calibration?.Statistic.PercentileMemory ?? default;

    IReadOnlyList<int> IDetectorModel.Dimensions => [.. Layout.Select(column => column.Dimension)];

    IReadOnlyList<string> IDetectorModel.ScoreNames => [.. _scores.Select(score => score.Name)];

    long IDetectorModel.Work => (long)_workPerValue * Layout.Width;

    EmpiricalDistribution? IDetectorModel.Distances => _calibration?.Statistic;

    EmpiricalDistribution? IDetectorModel.WithinDistances => null;

    internal IReadOnlyList<ScoreGroup> Groups => _groups;

    internal IReadOnlyList<IScoreModel> Models => _models;

    internal EnsembleCalibration? Calibration => _calibration;

    /// <summary>Learns from other rows how large scores usually are, each and together.</summary>
    /// <param name="rows">Row-major rows that the ensemble was not fitted to, 20 or more. Rows with a score that is not finite are left out.</param>
    /// <param name="percentileCount">m, how many percentiles to keep of each score and of the statistic, 2 or more: probabilities are multiples of 1 / (m − 1).</param>
    /// <returns>A new, calibrated ensemble of the same scores.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentileCount"/> is less than 2.</exception>
    /// <exception cref="InvalidOperationException">Fewer than 20 rows have finite scores, or a score is the same for all of them.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "Rows and blocks are told apart by their type.")]
    public ModelledEnsemble Calibrate(ReadOnlySpan<float> rows, int percentileCount = Defaults.PercentileCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percentileCount, 2);
        var sample = new EnsembleCalibrationSample(this);
        sample.Add(rows);
        return Calibrate(sample, percentileCount, out _);
    }

    /// <summary>Learns from other rows, which come in blocks and are not kept, how large scores usually are, each and together.</summary>
    /// <param name="blocks">
    /// Blocks of row-major rows that the ensemble was not fitted to, 20 rows or more in all; large blocks are measured on all
    /// cores. They are enumerated once, and a block is measured before the next one is asked for. Rows with a score that is
    /// not finite are left out.
    /// </param>
    /// <param name="percentileCount"><inheritdoc cref="Calibrate(ReadOnlySpan{float}, int)" path="/param[@name='percentileCount']/node()"/></param>
    /// <returns>A new, calibrated ensemble of the same scores.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="blocks"/> is null.</exception>
    /// <exception cref="ArgumentException">The length of a block is no multiple of the width of a row.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentileCount"/> is less than 2.</exception>
    /// <exception cref="InvalidOperationException">Fewer than 20 rows have finite scores, or a score is the same for all of them.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "Rows and blocks are told apart by their type.")]
    public ModelledEnsemble Calibrate(IEnumerable<ReadOnlyMemory<float>> blocks, int percentileCount = Defaults.PercentileCount)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(percentileCount, 2);
        var sample = new EnsembleCalibrationSample(this);
        foreach (ReadOnlyMemory<float> block in RowShape.WholeRows(blocks, Layout.Width, nameof(blocks)))
        {
            sample.Add(block.Span);
        }

        return Calibrate(sample, percentileCount, out _);
    }

    /// <summary>Writes the ensemble in a versioned, checksummed binary form: about 4·P² bytes for each Mahalanobis column, at most 8·P·N where it was fitted to N &lt; P rows, 4·C·P for its classes, and 4 bytes for each percentile.</summary>
    /// <param name="stream">Where to write; it is left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        EnsembleFormat.Save(stream, this);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. Its scores and probabilities are the same to the bit.</summary>
    /// <param name="stream">Where to read; it is left open, just behind the ensemble.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">The content is no such ensemble, was cut short or altered, is of a newer version, or no fit can have given it.</exception>
    public static ModelledEnsemble Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return EnsembleFormat.Load(stream);
    }

    /// <summary>Measures the scores themselves, before calibration. Large means unlike the training data.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <returns>Row-major N×S scores; +∞ where the column has a value that is not finite.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    public float[] MeasureScores(ReadOnlySpan<float> rows)
    {
        float[] scores = new float[RowShape.RequireArray(CountRows(rows), _scores.Length, nameof(rows))];
        Measure(rows, scores, []);
        return scores;
    }

    /// <inheritdoc cref="MeasureScores(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="destination">Receives N×S scores, row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void MeasureScores(ReadOnlySpan<float> rows, Span<float> destination) =>
        Measure(rows, Room(rows, destination, _scores.Length), []);

    /// <summary>The p-values of the scores: the probability of a larger score on a row like the calibration rows, of which there are n; no less than 1/(n + 1) up to the largest of them.</summary>
    /// <remarks>Rows of one score share its p-value. Where many calibration rows have the largest score, that is 1/(n + 1) all the same, and the score tells little.</remarks>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <returns>Row-major N×S p-values in [1e-30, 1]; small means unlike the calibration rows.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public float[] PValues(ReadOnlySpan<float> rows)
    {
        float[] values = new float[RowShape.RequireArray(CountRows(rows), _scores.Length, nameof(rows))];
        PValues(rows, values);
        return values;
    }

    /// <inheritdoc cref="PValues(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="destination">Receives N×S p-values, row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public void PValues(ReadOnlySpan<float> rows, Span<float> destination)
    {
        EnsembleCalibration calibration = RequireCalibrated();
        Span<float> values = Room(rows, destination, _scores.Length);
        Measure(rows, values, []);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)calibration.Scores[i % _scores.Length].PValue(values[i]);
        }
    }

    /// <summary>The probability that each score alone gives a row: 1 less its p-value. The largest tells which score objects.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <returns>Row-major N×S probabilities in [0, 1]; large means unlike the calibration rows.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public float[] ScoreProbabilities(ReadOnlySpan<float> rows)
    {
        float[] probabilities = new float[RowShape.RequireArray(CountRows(rows), _scores.Length, nameof(rows))];
        ScoreProbabilities(rows, probabilities);
        return probabilities;
    }

    /// <inheritdoc cref="ScoreProbabilities(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="destination">Receives N×S probabilities, row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public void ScoreProbabilities(ReadOnlySpan<float> rows, Span<float> destination)
    {
        EnsembleCalibration calibration = RequireCalibrated();
        Span<float> values = Room(rows, destination, _scores.Length);
        Measure(rows, values, []);
        calibration.ReplaceByProbabilities(values);
    }

    /// <summary>The statistic of the p-values, T = −Σ wᵢ ln pᵢ. Large means unlike the calibration rows.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <returns>N statistics, 0 or more; +∞ for a row with a value that is not finite.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public float[] Statistic(ReadOnlySpan<float> rows)
    {
        float[] statistics = new float[CountRows(rows)];
        Statistic(rows, statistics);
        return statistics;
    }

    /// <inheritdoc cref="Statistic(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="destination">Receives N statistics.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public void Statistic(ReadOnlySpan<float> rows, Span<float> destination)
    {
        RequireCalibrated();
        Measure(rows, [], Room(rows, destination, 1));
    }

    /// <summary>The probability of a <see cref="Statistic(ReadOnlySpan{float})"/> as small or smaller on a row like the calibration rows.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <returns>N probabilities in [0, 1]; large means unlike the calibration rows.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public float[] Probability(ReadOnlySpan<float> rows)
    {
        float[] probabilities = new float[CountRows(rows)];
        Probability(rows, probabilities);
        return probabilities;
    }

    /// <inheritdoc cref="Probability(ReadOnlySpan{float})" path="/summary"/>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="destination">Receives N probabilities.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    public void Probability(ReadOnlySpan<float> rows, Span<float> destination)
    {
        EnsembleCalibration calibration = RequireCalibrated();
        Statistic(rows, destination);
        calibration.Statistic.ReplaceByProbabilities(Room(rows, destination, 1));
    }

    /// <summary>The same ensemble of rows without the columns that no score reads, such as logits that only gave classes.</summary>
    internal ModelledEnsemble WithoutUnreadColumns()
    {
        EmbeddingColumn[] read = [.. Layout.Where(column => Array.Exists(_groups, part => part.Column == column))];
        var layout = new EmbeddingLayout([.. read.Select(column => (column.Name, column.Dimension))]);
        return new ModelledEnsemble(layout, _scores, ScoreGroup.Of(layout, _scores, nameof(layout)), _models, _classNames, _leftOutClassNames, _calibration);
    }

    internal ModelledEnsemble Calibrate(EnsembleCalibrationSample sample, int percentileCount, out float[] statistics)
    {
        if (sample.Count < FewestCalibrationRows)
        {
            string skipped = sample.SkippedCount == 0 ? "" : $", and {sample.SkippedCount} have values or scores that are not finite";
            throw new InvalidOperationException(
                $"An ensemble is calibrated on {FewestCalibrationRows} rows or more; there are {sample.Count}{skipped}. Give more rows that it was not fitted to.");
        }

        var calibration = EnsembleCalibration.FromSample(_scores, sample.Scores, percentileCount, out statistics);
        return new ModelledEnsemble(Layout, _scores, _groups, _models, _classNames, _leftOutClassNames, calibration);
    }

    ICalibrationSample<ModelledEnsemble> IDetectorModel<ModelledEnsemble>.CreateCalibrationSample() => new EnsembleCalibrationSample(this);

    void IDetectorModel.Measure(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances, Span<float> scoreProbabilities)
    {
        if (_calibration is null)
        {
            distances.Fill(float.NaN);
            scoreProbabilities.Fill(float.NaN);
            return;
        }

        Measure(rows, scoreProbabilities, distances);
        _calibration.ReplaceByProbabilities(scoreProbabilities);
    }

    /// <summary>
    /// Scores and statistics from one look at the rows. The scores may be empty, and else take S values a row; the
    /// statistics may be empty, and else take one value a row and need calibration.
    /// </summary>
    internal void Measure(ReadOnlySpan<float> rows, Span<float> scores, Span<float> statistics)
    {
        // Not through a delegate, which would be an allocation for each row of a prediction engine.
        if (rows.Length == Layout.Width)
        {
            MeasureBlock(rows, scores, statistics);
            return;
        }

        RowBlocks.ForEach(rows, Layout.Width, scores, statistics, BlockRows, _workPerValue, MeasureBlock);
    }

    private void MeasureBlock(ReadOnlySpan<float> rows, Span<float> scores, Span<float> statistics)
    {
        int count = rows.Length / Layout.Width;
        float[]? rented = scores.IsEmpty ? ArrayPool<float>.Shared.Rent(count * _scores.Length) : null;
        Span<float> values = rented is null ? scores : rented.AsSpan(0, count * _scores.Length);
        Span<bool> finite = stackalloc bool[count];
        finite.Fill(true);
        for (int i = 0; i < _groups.Length; i++)
        {
            var column = new ColumnRows(rows, Layout.Width, _groups[i].Column);
            var target = new RowScores(values, _scores.Length, _groups[i]);
            _models[i].Measure(column, target);
            for (int row = 0; row < count; row++)
            {
                if (!FiniteRows.IsFinite(column[row]))
                {
                    target.SetInfinite(row);
                    finite[row] = false;
                }
            }
        }

        for (int i = 0; i < statistics.Length; i++)
        {
            statistics[i] = finite[i] ? _calibration!.StatisticOf(values.Slice(i * _scores.Length, _scores.Length)) : float.PositiveInfinity;
        }

        if (rented is not null)
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private int CountRows(ReadOnlySpan<float> rows) => RowShape.CountRows(rows.Length, Layout.Width, nameof(rows));

    private Span<float> Room(ReadOnlySpan<float> rows, Span<float> destination, int valuesPerRow) =>
        destination[..RowShape.RequireRoom(destination.Length, CountRows(rows), valuesPerRow, nameof(destination))];

    private EnsembleCalibration RequireCalibrated() =>
        _calibration ?? throw new InvalidOperationException(
            $"P-values and probabilities need a calibrated ensemble: call {nameof(Calibrate)} with rows that it was not fitted to, and use the ensemble it returns.");
}
