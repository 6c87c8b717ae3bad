using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection.Ensembles;

/// <summary>Ensembles in the zip of their pipeline.</summary>
[TestClass]
public sealed class EnsembleZipTests
{
    private const string Magic = "DIMEENSX";

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void New_process_scores_to_the_bit()
    {
        EnsembleTransformer model = Fit();
        IDataView fresh = Load(TensorRow.Create(100, 3));

        NewProcessReport report = NewProcess.Score(_mlContext, new TransformerChain<EnsembleTransformer>(model), fresh, "D", "P", "O");

        CollectionAssert.AreEqual(new[] { typeof(EnsembleTransformer).FullName }, report.Parts);
        IDataView scored = model.Transform(fresh);
        CollectionAssert.AreEqual(Embeddings.BitsOf(scored, "D").Select(bits => bits.ToString("X8", null)).ToArray(), report.Batch("D"));
        CollectionAssert.AreEqual(Embeddings.BitsOf(scored, "P").Select(bits => bits.ToString("X8", null)).ToArray(), report.Batch("P"));
        CollectionAssert.AreEqual(scored.GetColumn<bool>("O").Select(flag => flag ? "1" : "0").ToArray(), report.Batch("O"));
    }

    [TestMethod]
    public void Loaded_transformer_is_as_it_was_and_can_be_calibrated_anew()
    {
        EnsembleTransformer model = Fit();
        var loaded = (EnsembleTransformer)Zip(model.WithModelName("Line 3")).LoadDetector();

        Assert.AreEqual("Line 3", loaded.ModelName);
        Assert.IsNull(model.ModelName);

        Assert.AreEqual(("D", "P", "O", "S", 0.9), (loaded.DistanceColumnName, loaded.ProbabilityColumnName, loaded.OutlierColumnName, loaded.ScoreProbabilitiesColumnName, loaded.OutlierProbability));
        CollectionAssert.AreEqual(new[] { "Early", "Late", "Logits" }, loaded.InputColumnNames.ToArray());
        IDataView calibration = Load(TensorRow.Create(60, 4)), rows = Load(TensorRow.Create(50, 3));
        EnsembleTransformer expected = model.Calibrate(calibration), actual = loaded.Calibrate(calibration);
        CollectionAssert.AreEqual(Embeddings.BitsOf(expected.Transform(rows), "P"), Embeddings.BitsOf(actual.Transform(rows), "P"));
        Assert.AreEqual((60L, 40), (actual.CalibrationRowCount, actual.Ensemble.StatisticPercentiles.Length));
    }

    [TestMethod]
    public void Pipeline_of_which_only_the_file_is_known_is_calibrated()
    {
        var chain = new TransformerChain<EnsembleTransformer>(Fit());
        ITransformer loaded = Load(Zip(chain));
        IDataView calibration = Load(TensorRow.Create(60, 4)), rows = Load(TensorRow.Create(50, 3));

        ITransformer calibrated = loaded.Calibrate(calibration);
        TransformerChain<EnsembleTransformer> typed = chain.Calibrate(calibration);

        CollectionAssert.AreEqual(Embeddings.BitsOf(typed.Transform(rows), "P"), Embeddings.BitsOf(calibrated.Transform(rows), "P"));
        CollectionAssert.AreNotEqual(Embeddings.BitsOf(chain.Transform(rows), "P"), Embeddings.BitsOf(typed.Transform(rows), "P"));
    }

    [TestMethod]
    public void Engine_scores_as_the_view_does()
    {
        EnsembleTransformer model = Fit();
        List<TensorRow> rows = TensorRow.Create(20, 3);
        using PredictionEngine<TensorRow, Prediction> engine = _mlContext.Model.CreatePredictionEngine<TensorRow, Prediction>(model);

        Prediction[] predictions = [.. rows.Select(row => engine.Predict(row))];

        IDataView scored = model.Transform(Load(rows));
        PrecisionAssert.SameBits([.. scored.GetColumn<float>("D")], [.. predictions.Select(p => p.D)]);
        PrecisionAssert.SameBits([.. scored.GetColumn<float[]>("S").SelectMany(s => s)], [.. predictions.SelectMany(p => p.S)]);
    }

    // Who listens to the meter at the same time has measurements made of the row.
    [TestMethod]
    [DoNotParallelize]
    public void Row_of_an_engine_allocates_nothing_of_ours()
    {
        TensorRow row = TensorRow.Create(1, 3)[0];
        using PredictionEngine<TensorRow, Verdict> engine = _mlContext.Model.CreatePredictionEngine<TensorRow, Verdict>(Fit());
        var verdict = new Verdict();

        AllocationAssert.Nothing(() => engine.Predict(row, ref verdict));
    }

    [TestMethod]
    public void Payload_that_was_cut_short_or_altered_is_refused()
    {
        ModelZip zip = Zip(Fit());
        byte[] payload = zip.Payload(Magic);
        for (int i = 0; i < payload.Length; i += i < 200 ? 7 : 9973)
        {
            byte[] altered = [.. payload];
            altered[i] ^= (byte)(1 << (i % 8));
            ZipAssert.IsRefused<InvalidDataException>(zip.WithPayload(Magic, altered), $"bit {i % 8} of byte {i}");
            ZipAssert.IsRefused<InvalidDataException>(zip.WithPayload(Magic, payload[..i]), $"cut at {i}");
        }

        byte[] newer = [.. payload];
        newer[8] = 2;
        Assert.Contains("Update the Dime.MLNet package", ZipAssert.IsRefused<InvalidDataException>(zip.WithPayload(Magic, newer), "version").Message);
    }

    private EnsembleTransformer Fit() => _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
    {
        Scores = TensorRow.Scores,
        LogitsColumnName = "Logits",
        DistanceColumnName = "D",
        ProbabilityColumnName = "P",
        OutlierColumnName = "O",
        ScoreProbabilitiesColumnName = "S",
        OutlierProbability = 0.9,
        PercentileCount = 40,
    }).Fit(Load(TensorRow.Create(400, 1)));

    private IDataView Load(IEnumerable<TensorRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private ModelZip Zip(ITransformer model) => ModelZip.Save(_mlContext, model, Load([]).Schema);

    private static ITransformer Load(ModelZip zip)
    {
        using var stream = new MemoryStream(zip.Bytes);
        return new MLContext().Model.Load(stream, out _);
    }

    private sealed class Prediction
    {
        public float D { get; set; }

        public float[] S { get; set; } = [];
    }

    private sealed class Verdict
    {
        public float D { get; set; }

        public float P { get; set; }

        public bool O { get; set; }
    }
}
