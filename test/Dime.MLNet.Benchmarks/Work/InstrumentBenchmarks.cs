using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Telemetry;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>What the meter costs a row of a prediction engine: all that is reported of it where nobody listens, by itself, and with a listener.</summary>
public class InstrumentBenchmarks
{
    private readonly EmbeddingRow _row = new();
    private readonly Scored _scored = new();
    private readonly ScoringInstruments _instruments = new("model", []);
    private readonly float[] _probabilities = [0.5f];
    private PredictionEngine<EmbeddingRow, Scored>? _engine;
    private MeterListener? _listener;
    private long _heard;

    [GlobalSetup(Targets = [nameof(Row), nameof(ReportsOfTheRow)])]
    public void Setup()
    {
        int dimension = Shapes.Narrow.Dimension;
        var mlContext = new MLContext(seed: 1);
        float[] train = Embeddings.Train(Shapes.Narrow);
        IDataView data = DataViews.Cached(mlContext, train, dimension);
        _row.Features = train[..dimension];
        _engine = mlContext.Model.CreatePredictionEngine<EmbeddingRow, Scored>(
            mlContext.Transforms.DetectOutOfDistribution(rank: Shapes.Narrow.Rank).Fit(data), data.Schema);
    }

    [GlobalSetup(Target = nameof(RowWithListener))]
    public void SetupListener()
    {
        Setup();
        _listener = Listen(value => _heard += value);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _listener?.Dispose();
        _engine?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Row()
    {
        Scored prediction = _scored;
        _engine!.Predict(_row, ref prediction);
    }

    [Benchmark]
    public bool ReportsOfTheRow()
    {
        long start = ScoringInstruments.Start();
        _instruments.RowsScored(1, start);
        _instruments.Probabilities(_probabilities, 0.95f);
        _instruments.ScoreProbabilities([]);
        return ScoringInstruments.CountNonFinite;
    }

    [Benchmark]
    public void RowWithListener()
    {
        Scored prediction = _scored;
        _engine!.Predict(_row, ref prediction);
    }

    private static MeterListener Listen(Action<long> hear)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Dime.MLNet")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => hear(value));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => hear(1));
        listener.Start();
        return listener;
    }

    private sealed class Scored
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        public bool IsOutOfDistribution { get; set; }
    }
}
