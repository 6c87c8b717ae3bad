using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Soak.Models;

/// <summary>A model in a zip, rows for it, and all that it must say of them: computed once, on one thread, before anything else runs.</summary>
internal sealed class Subject
{
    private const int DriftRows = 150;

    private readonly SchemaDefinition _schema = SchemaDefinition.Create(typeof(SoakRow));
    private readonly Func<MLContext, IEstimator<ITransformer>> _estimator;
    private readonly float[][] _train;

    /// <param name="name">Its name.</param>
    /// <param name="estimator">How it is fitted.</param>
    /// <param name="train">Rows to fit to.</param>
    /// <param name="rows">Rows to score.</param>
    /// <param name="tolerance">How far what is said of a row in different batches may differ: 0 for not by a bit.</param>
    public Subject(string name, Func<MLContext, IEstimator<ITransformer>> estimator, float[][] train, float[][] rows, double tolerance)
    {
        (Name, _estimator, _train, Rows, Tolerance) = (name, estimator, train, rows, tolerance);
        _schema[nameof(SoakRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        var mlContext = new MLContext(seed: 1);
        IDataView data = View(mlContext, train);
        ITransformer model = Fit(mlContext);
        using var zip = new MemoryStream();
        mlContext.Model.Save(model, data.Schema, zip);
        Zip = zip.ToArray();
        Expected = Scores.Of(model, Detector(model), View(mlContext, rows));
        ITransformer calibrated = model.Calibrate(View(mlContext, CalibrationRows));
        ExpectedCalibrated = Scores.Of(calibrated, Detector(calibrated), View(mlContext, rows));
        ExpectedDrift = Drift(mlContext, model);
        (model as IDisposable)?.Dispose();
    }

    public string Name { get; }

    public byte[] Zip { get; }

    public float[][] Rows { get; }

    public double Tolerance { get; }

    public Scores Expected { get; }

    /// <summary>What is said when the model is calibrated on other rows.</summary>
    public Scores ExpectedCalibrated { get; }

    public DriftResult ExpectedDrift { get; }

    /// <summary>Whether rows are the embeddings themselves.</summary>
    public bool TakesEmbeddings => Tolerance == 0;

    private float[][] CalibrationRows => Rows[..(Rows.Length / 2)];

    public static DetectorTransformer Detector(ITransformer model) =>
        model as DetectorTransformer ?? ((IEnumerable<ITransformer>)model).OfType<DetectorTransformer>().Last();

    public ITransformer Load(MLContext mlContext) => mlContext.Model.Load(new MemoryStream(Zip), out _);

    public ITransformer Fit(MLContext mlContext) => _estimator(mlContext).Fit(View(mlContext, _train));

    public ITransformer Calibrate(MLContext mlContext, ITransformer model) => model.Calibrate(View(mlContext, CalibrationRows));

    public DriftResult Drift(MLContext mlContext, ITransformer model) => DriftTest.Run(model, View(mlContext, Rows[..DriftRows]));

    public IDataView View(MLContext mlContext, float[][] rows) => mlContext.Data.LoadFromEnumerable([.. rows.Select(row => new SoakRow { Features = row })], _schema);

    public PredictionEngine<SoakRow, Verdict> CreateEngine(MLContext mlContext, ITransformer model)
    {
        var output = SchemaDefinition.Create(typeof(Verdict));
        output[nameof(Verdict.Distance)].ColumnName = Detector(model).DistanceColumnName;
        output[nameof(Verdict.Probability)].ColumnName = Detector(model).ProbabilityColumnName;
        return mlContext.Model.CreatePredictionEngine<SoakRow, Verdict>(
            model, new PredictionEngineOptions { OwnsTransformer = false, InputSchemaDefinition = _schema, OutputSchemaDefinition = output });
    }
}
