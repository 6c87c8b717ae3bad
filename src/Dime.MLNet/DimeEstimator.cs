using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Internals;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>
/// Fits a hyperplane to the embeddings that a network gives its training data, and a <see cref="DimeTransformer"/> that
/// tells how far new embeddings are from it.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>a known-size vector of <see cref="float"/>; a feature map must be pooled first</description></item>
/// <item><term>Appends</term><description>distance and probability (<see cref="float"/>) and a flag (<see cref="bool"/>), calibrated or not; see <see cref="DimeOptions"/></description></item>
/// <item><term>Needs training</term><description>yes: one pass over the data, in memory that does not grow with the rows</description></item>
/// </list>
/// <para>The method and its formulas stand at <see cref="ModelledEmbedding"/>. Data read in the same order gives the same model, bit for bit.</para>
/// <para>
/// The log of the context warns of rows that were left out, and of models that tell less than they seem to: not calibrated, or on few
/// rows or rows that are alike; a hyperplane that every row lies in; a limit that flags most rows.
/// </para>
/// </remarks>
public sealed class DimeEstimator : IEstimator<DimeTransformer>
{
    private readonly IHost _host;
    private readonly DimeOptions _options;
    private readonly ScoringSettings _settings;
    private readonly HyperplaneFitSettings _fit;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.DetectOutOfDistribution</c> does the same.</summary>
    /// <param name="mlContext">The context of the pipeline: its seed chooses the held-out rows, its log hears of the fit.</param>
    /// <param name="options">What to read, how to fit and what to append; null for the defaults.</param>
    /// <exception cref="ArgumentException">No output column is left, or two have the same name.</exception>
    public DimeEstimator(MLContext mlContext, DimeOptions? options = null)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), options ?? new DimeOptions())
    {
    }

    internal DimeEstimator(IHostEnvironment environment, DimeOptions options)
    {
        _host = environment.Register(typeof(DimeEstimator).FullName);
        _options = options;
        _settings = options.ForScoring(nameof(options));
        _fit = options.ForFit();
    }

    /// <summary>Fits the hyperplane, and calibrates it on the rows that <see cref="DetectorOptions.Calibration"/> names. Reads the data once.</summary>
    /// <param name="input">Training data with the column of embeddings. Rows with a value that is not finite are left out, with a warning.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, the embeddings are of unknown size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">The data cannot be fitted: no rows, none that is finite, zeros only, a bad weight, or a rank above the numerical rank; or a row cannot be read, which the message names.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public DimeTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Transformer(Trainer.Fit(input, _options.Calibration.Rows, nameof(input)));
    }

    /// <summary>Fits the hyperplane to all rows of one data set and calibrates it on another. Reads each once.</summary>
    /// <param name="train">Training data with the column of embeddings.</param>
    /// <param name="calibration">Other in-distribution data with that column.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, the embeddings are of unknown size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">The data cannot be fitted or calibrated on: no rows, none that is finite, zeros only, a bad weight, or a rank above the numerical rank; or a row cannot be read, which the message names.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public DimeTransformer Fit(IDataView train, IDataView calibration)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(calibration);
        return Transformer(Trainer.Fit(train, calibration, nameof(train), nameof(calibration)));
    }

    /// <summary>
    /// Reads a part of the training data, to be merged with others and fitted later: <see cref="Fit(IDataView)"/> is this, then
    /// <see cref="Fit(DimeSums)"/>. Reads the data once.
    /// </summary>
    /// <param name="input">The part of the data. Rows with a value that is not finite are left out, with a warning.</param>
    /// <param name="options">The name of the part, and what else to note of it; null for data that is not in parts.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, the embeddings are of unknown size, or an unpooled feature map.</exception>
    /// <exception cref="InvalidOperationException">The rank is above the length of the embeddings, a weight is bad; or a row cannot be read, which the message names.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public DimeSums Accumulate(IDataView input, AccumulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new DimeSums(Trainer.Accumulate(input, _options.Calibration.Rows, options ?? new AccumulationOptions(), nameof(input)));
    }

    /// <summary>Fits the hyperplane to sums, and calibrates on the rows in them. What matters to the fit alone is as in the options of this estimator.</summary>
    /// <param name="sums">Sums that were made with the same column, normalisation, weights and calibration; left as they are.</param>
    /// <exception cref="ArgumentException">The sums were made with other options, which the message names.</exception>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception[@cref='InvalidOperationException']"/>
    public DimeTransformer Fit(DimeSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        return Transformer(Trainer.Fit(sums.Sums, _options.Calibration.Rows, nameof(sums)));
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the embeddings are of unknown size.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _fit.RequireColumns(inputSchema, _settings, nameof(inputSchema));
        return _settings.AppendTo(inputSchema);
    }

    private DimeTransformer Transformer(ModelledEmbedding model)
    {
        ScoringWarnings.Log(_host, model, _settings);
        return new DimeTransformer(_host, model, _settings);
    }

    private DetectorTrainer<ModelledEmbedding> Trainer => new(_host, _settings, _fit);
}
