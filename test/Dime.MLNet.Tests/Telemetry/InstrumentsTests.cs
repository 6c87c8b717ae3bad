using System.Diagnostics.Metrics;
using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Telemetry;

/// <summary>What a listener of the meter hears. Other tests are heard too, so that each looks for a name of its own.</summary>
[TestClass]
public sealed class InstrumentsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Scored_rows_are_reported_under_the_name_of_the_model()
    {
        DimeTransformer model = Fit("reported");
        List<EmbeddingRow> rows = Embeddings.Create(3000, seed: 5);
        rows[7].Features[2] = float.NaN;
        rows[2999].Features[0] = float.PositiveInfinity;
        using var heard = new Heard("reported");

        IDataView scored = model.Transform(_mlContext.Data.LoadFromEnumerable(rows));
        bool[] flags = [.. scored.GetColumn<bool>("IsOutOfDistribution")];
        Assert.AreEqual(3000, heard.Sum("dime.rows.scored"));
        Assert.AreEqual(flags.Count(flag => flag), heard.Sum("dime.rows.flagged"));
        Assert.AreEqual(2, heard.Sum("dime.rows.non_finite"));
        float[] probabilities = [.. heard.Values("dime.rows.probability").Select(value => (float)value).Order()];
        Assert.IsGreaterThan(1, heard.Values("dime.batch.duration").Count());
        Assert.IsTrue(heard.Values("dime.batch.duration").All(seconds => seconds is > 0 and < 60));
        CollectionAssert.AreEqual(scored.GetColumn<float>("DimeProbability").Order().ToArray(), probabilities);
        Assert.AreEqual(6000, heard.Sum("dime.rows.scored"));
    }

    [TestMethod]
    public void Rows_whose_small_number_is_known_are_one_block()
    {
        DimeTransformer model = Fit("one block");
        List<EmbeddingRow> rows = Embeddings.Create(100, seed: 5);
        using var heard = new Heard("one block");

        Assert.AreEqual(100, model.Transform(_mlContext.Data.LoadFromEnumerable(rows)).GetColumn<float>("DimeDistance").Count());
        CollectionAssert.AreEqual(new[] { 100.0 }, heard.Values("dime.rows.scored").ToArray());

        Assert.AreEqual(100, model.Transform(_mlContext.Data.LoadFromEnumerable(rows.Where(_ => true))).GetColumn<float>("DimeDistance").Count());
        CollectionAssert.AreEqual(new[] { 100.0, 16, 32, 52 }, heard.Values("dime.rows.scored").ToArray());
    }

    [TestMethod]
    public void Scores_of_an_ensemble_are_reported_by_their_names()
    {
        var options = new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ScoreProbabilitiesColumnName = "S", ModelName = "of an ensemble" };
        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_mlContext.Data.LoadFromEnumerable(TensorRow.Create(300, 1)));
        using var heard = new Heard("of an ensemble");

        float[][] scores = [.. model.Transform(_mlContext.Data.LoadFromEnumerable(TensorRow.Create(80, 2))).GetColumn<float[]>("S")];

        foreach ((OutOfDistributionScore score, int i) in TensorRow.Scores.Select((score, i) => (score, i)))
        {
            CollectionAssert.AreEqual(
                scores.Select(row => (double)row[i]).ToArray(), heard.Values("dime.scores.probability", score.Name).ToArray(), score.Name);
        }

        Assert.AreEqual(80, heard.Sum("dime.rows.scored"));
        Assert.AreEqual(0, heard.Sum("dime.rows.flagged"));
    }

    [TestMethod]
    public void Model_without_a_name_is_called_by_its_columns()
    {
        var options = new DimeOptions { InputColumnName = "Nameless", Rank = 2 };
        IDataView rows = _mlContext.Transforms.CopyColumns("Nameless", "Features").Fit(Load(400, 1)).Transform(Load(400, 1));
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(rows);
        using var heard = new Heard("Nameless");

        _ = model.Transform(rows).GetColumn<float>("DimeDistance").Count();

        Assert.AreEqual(400, heard.Sum("dime.rows.scored"));
        Assert.AreEqual("other", model.WithModelName("other").ModelName);
        Assert.ThrowsExactly<ArgumentException>(() => model.WithModelName(" "));
        Assert.ThrowsExactly<ArgumentException>(() => new DimeOptions { ModelName = "" });
    }

    [TestMethod]
    public void Drift_is_reported()
    {
        DimeTransformer model = Fit("drifting");
        var options = new DriftMonitorOptions { WindowRows = 50, CleanWindowsToEnd = 1 };
        using var heard = new Heard("drifting");
        var monitor = new DriftMonitor(model, options);
        float[] clean = Embeddings.Flatten(Embeddings.Create(50, seed: 9)), drifted = [.. clean.Select(value => value + 3)];
        List<double> pValues = [];
        monitor.WindowTested += (_, e) => pValues.Add(e.Result.PValue);

        monitor.Add(clean);
        monitor.Add(drifted);
        Assert.AreEqual((1, 1), (heard.Sum("dime.drift.alarms"), heard.Sum("dime.drift.active")));
        using var state = new MemoryStream();
        monitor.SaveState(state);
        monitor.Add(clean);

        CollectionAssert.AreEqual(pValues, heard.Values("dime.drift.p_value").ToArray());
        Assert.AreEqual((3, 1, 0), (heard.Sum("dime.drift.windows"), heard.Sum("dime.drift.alarms"), heard.Sum("dime.drift.active")));
        state.Position = 0;
        var resumed = DriftMonitor.Load(state, model, options);
        Assert.AreEqual((1, 1), (heard.Sum("dime.drift.alarms"), heard.Sum("dime.drift.active")));

        resumed.Dispose();
        Assert.AreEqual(0, heard.Sum("dime.drift.active"));
        resumed.Add(clean);
        resumed.Add(drifted);
        resumed.Dispose();
        Assert.AreEqual((2, 0), (heard.Sum("dime.drift.alarms"), heard.Sum("dime.drift.active")));
    }

    [TestMethod]
    public void Instruments_have_names_and_units_of_OpenTelemetry()
    {
        List<Instrument> instruments = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => AddOurs(instrument) };
        Fit("published");
        listener.Start();

        CollectionAssert.IsSubsetOf(
            new[] { "dime.rows.scored {row}", "dime.rows.flagged {row}", "dime.rows.non_finite {row}", "dime.batch.duration s", "dime.drift.alarms {alarm}" },
            instruments.Select(instrument => $"{instrument.Name} {instrument.Unit}").ToArray());
        foreach (Instrument instrument in instruments)
        {
            Assert.MatchesRegex("^dime(\\.[a-z_]+)+$", instrument.Name);
            Assert.IsFalse(string.IsNullOrWhiteSpace(instrument.Description), instrument.Name);
        }

        void AddOurs(Instrument instrument)
        {
            if (instrument.Meter.Name == "Dime.MLNet")
            {
                instruments.Add(instrument);
            }
        }
    }

    private DimeTransformer Fit(string name) =>
        _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, ModelName = name }).Fit(Load(1000, 1));

    private IDataView Load(int count, int seed) => _mlContext.Data.LoadFromEnumerable(Embeddings.Create(count, seed));

    /// <summary>What is measured under the name of a model.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly List<(string Instrument, double Value, string? Score)> _measurements = [];
        // .NET 8 goes on calling a disposed listener that does not want to know when measurements end (dotnet/runtime 102465).
        private readonly MeterListener _listener = new() { MeasurementsCompleted = (_, _) => { } };
        private readonly string _model;

        public Heard(string model)
        {
            _model = model;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Dime.MLNet")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public void Dispose() => _listener.Dispose();

        public int Sum(string instrument) => (int)Values(instrument).Sum();

        public IEnumerable<double> Values(string instrument, string? score = null)
        {
            lock (_measurements)
            {
                return [.. _measurements.Where(one => one.Instrument == instrument && (score is null || one.Score == score)).Select(one => one.Value)];
            }
        }

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, string?> all = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (all["dime.model"] == _model)
            {
                lock (_measurements)
                {
                    _measurements.Add((instrument.Name, value, all.GetValueOrDefault("dime.score")));
                }
            }
        }
    }
}
