using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Internals;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>
/// Fits an ensemble of scores to several embeddings of its training data, and an <see cref="EnsembleTransformer"/> that tells in one
/// calibrated probability how unlike that data new rows are.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>known-size vectors of <see cref="float"/>, one column for each tensor that is scored; feature maps must be pooled first; for scores that need classes, logits or a column of classes</description></item>
/// <item><term>Appends</term><description>statistic and probability (<see cref="float"/>) and a flag (<see cref="bool"/>), on request the probability of each score; see <see cref="EnsembleOptions"/></description></item>
/// <item><term>Needs training</term><description>yes: one pass over the data, in memory that does not grow with the rows</description></item>
/// </list>
/// <para>The scores and their formulas stand at <see cref="ModelledEnsemble"/>. Data read in the same order gives the same model, bit for bit.</para>
/// <para>
/// The log of the context warns of rows and classes that were left out, and of models that tell less than they seem to: not calibrated, or
/// on few rows or rows that are alike; a limit that flags most rows.
/// </para>
/// </remarks>
public sealed class EnsembleEstimator : IEstimator<EnsembleTransformer>
{
    private readonly IHost _host;
    private readonly EnsembleOptions _options;
    private readonly ScoringSettings _settings;
    private readonly EnsembleFitSettings _fit;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.DetectOutOfDistribution</c> does the same.</summary>
    /// <param name="mlContext">The context of the pipeline: its seed chooses the held-out rows, its log hears of the fit.</param>
    /// <param name="options">The scores, how to fit and what to append.</param>
    /// <exception cref="ArgumentException">
    /// There are no scores, or one is there twice; a score needs classes and none are named, or two sources of them are, or no score needs
    /// those that are; no output column is left, or two have the same name.
    /// </exception>
    public EnsembleEstimator(MLContext mlContext, EnsembleOptions options)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), options ?? throw new ArgumentNullException(nameof(options)))
    {
    }

    internal EnsembleEstimator(IHostEnvironment environment, EnsembleOptions options)
    {
        _host = environment.Register(typeof(EnsembleEstimator).FullName);
        _options = options;
        _settings = options.ForScoring(nameof(options));
        _fit = options.ForFit();
    }

    private DetectorTrainer<ModelledEnsemble> Trainer => new(_host, _settings, _fit);

    /// <summary>Fits the scores, and calibrates them on the rows that <see cref="DetectorOptions.Calibration"/> names. Reads the data once.</summary>
    /// <param name="input">Training data. Rows with a value that is not finite, or without a class where one is needed, are left out, with a warning.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, embeddings are of unknown size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">
    /// The data cannot be fitted or calibrated on: no rows, none that is finite, rows that are all the same, fewer than two classes, logits of one value,
    /// a bad weight or class, a score that is constant, or fewer than 20 rows to calibrate on; or a row cannot be read, which the message names.
    /// </exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public EnsembleTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Transformer(Trainer.Fit(input, _options.Calibration.Rows, nameof(input)));
    }

    /// <summary>Fits the scores to all rows of one data set and calibrates them on another. Reads each once.</summary>
    /// <param name="train">Training data.</param>
    /// <param name="calibration">Other in-distribution data with the same columns; classes and weights are not needed.</param>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public EnsembleTransformer Fit(IDataView train, IDataView calibration)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(calibration);
        return Transformer(Trainer.Fit(train, calibration, nameof(train), nameof(calibration)));
    }

    /// <summary>
    /// Reads a part of the training data, to be merged with others and fitted later: <see cref="Fit(IDataView)"/> is this, then
    /// <see cref="Fit(EnsembleSums)"/>. Reads the data once.
    /// </summary>
    /// <param name="input">The part of the data. Rows with a value that is not finite, or without a class where one is needed, are left out, with a warning.</param>
    /// <param name="options">The name of the part, and what else to note of it; null for data that is not in parts.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, embeddings are of unknown size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">A score cannot be of its column, a weight or class is bad, or there are too many classes; or a row cannot be read, which the message names.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public EnsembleSums Accumulate(IDataView input, AccumulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new EnsembleSums(Trainer.Accumulate(input, _options.Calibration.Rows, options ?? new AccumulationOptions(), nameof(input)));
    }

    /// <summary>Fits the scores to sums, and calibrates on the rows in them. What matters to the fit alone is as in the options of this estimator.</summary>
    /// <param name="sums">Sums that were made with the same scores, classes, weights and calibration; left as they are.</param>
    /// <exception cref="ArgumentException">The sums were made with other options, which the message names.</exception>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception[@cref='InvalidOperationException']"/>
    public EnsembleTransformer Fit(EnsembleSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        return Transformer(Trainer.Fit(sums.Sums, _options.Calibration.Rows, nameof(sums)));
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or embeddings are of unknown size.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _fit.RequireColumns(inputSchema, _settings, nameof(inputSchema));
        return _settings.AppendTo(inputSchema);
    }

    private EnsembleTransformer Transformer(ModelledEnsemble model)
    {
        ScoringWarnings.Log(_host, model, _settings);
        return new EnsembleTransformer(_host, model, _settings);
    }
}
