using System.Reflection;
using System.Runtime.CompilerServices;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Calibration of pipelines of which no more is known than that they are transformers.</summary>
[TestClass]
public sealed class PipelineCalibrationTests
{
    private static readonly string[] _columns = ["DimeDistance", "DimeProbability"];

    private readonly MLContext _mlContext = new(seed: 1);
    private int _applied;

    [TestMethod]
    public void Loaded_pipeline_is_calibrated_as_it_was_before_it_was_saved()
    {
        TransformerChain<DimeTransformer> fitted = Scaled().Fit(Rows(200, seed: 1));
        ITransformer loaded = SavedAndLoaded(fitted);

        ITransformer calibrated = loaded.Calibrate(Rows(101, seed: 2));

        Assert.AreSame(loaded.GetType(), calibrated.GetType());
        AssertSame(fitted.Calibrate(Rows(101, seed: 2)), calibrated);
        AssertSame(fitted, loaded);
        AssertSame(calibrated, SavedAndLoaded(calibrated));
    }

    [TestMethod]
    public void Calibration_knots_are_the_percentiles_of_the_distances()
    {
        ITransformer loaded = SavedAndLoaded(Scaled(percentileCount: 11).Fit(Rows(200, seed: 1)));
        double[] sorted = [.. loaded.Transform(Rows(51, seed: 2)).GetColumn<float>("DimeDistance").Select(distance => (double)distance).Order()];

        float[] percentiles = Detector(loaded.Calibrate(Rows(51, seed: 2))).Embedding.DistancePercentiles.ToArray();

        // 51 distances, 11 percentiles: every fifth of them.
        Assert.HasCount(11, percentiles);
        for (int i = 0; i < percentiles.Length; i++)
        {
            Assert.AreEqual(sorted[5 * i], percentiles[i]);
        }
    }

    [TestMethod]
    public void Detector_alone_is_calibrated()
    {
        DimeTransformer fitted = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(Rows(200, seed: 1));
        ITransformer model = fitted;

        ITransformer calibrated = model.Calibrate(Rows(101, seed: 2));

        Assert.IsInstanceOfType<DimeTransformer>(calibrated);
        AssertSame(fitted.Calibrate(Rows(101, seed: 2)), calibrated);
    }

    [TestMethod]
    public void Chains_within_chains_keep_types_scopes_and_the_stages_that_do_not_lead_to_the_detector()
    {
        ITransformer trainingOnly = Counted(), behind = Counted();
        var inner = new TransformerChain<DimeTransformer>(
            [Scale(Rows(200, seed: 1)), trainingOnly, Detector(Scaled().Fit(Rows(200, seed: 1)))],
            [TransformerScope.Everything, TransformerScope.Training, TransformerScope.Scoring]);
        var model = new TransformerChain<ITransformer>(
            [Copy("Copied"), new TransformerChain<ITransformer>(inner), behind], [TransformerScope.TrainTest, TransformerScope.Everything, TransformerScope.Everything]);

        ITransformer calibrated = ((ITransformer)model).Calibrate(Rows(101, seed: 2));

        Assert.AreEqual(0, _applied, "A stage was applied that is for training only, or stands behind the detector.");
        Assert.AreEqual(Describe(model), Describe(calibrated));
        CollectionAssert.AreEqual(
            Detector(Scaled().Fit(Rows(200, seed: 1)).Calibrate(Rows(101, seed: 2))).Embedding.DistancePercentiles.ToArray(),
            Detector(calibrated).Embedding.DistancePercentiles.ToArray());
        CollectionAssert.AreNotEqual(
            Detector(model).Embedding.DistancePercentiles.ToArray(), Detector(calibrated).Embedding.DistancePercentiles.ToArray());
    }

    [TestMethod]
    public void Stages_before_the_detector_are_applied_in_the_scope_of_scoring()
    {
        ITransformer scoring = Counted();
        var model = new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(scoring), Scaled().Fit(Rows(200, seed: 1)));

        ((ITransformer)model).Calibrate(Rows(101, seed: 2));

        Assert.AreEqual(101, _applied);
    }

    [TestMethod]
    public void Pipeline_without_a_detector_is_refused()
    {
        var model = new TransformerChain<ITransformer>(Scale(Rows(20, seed: 1)), Copy("Copied"));
        var trainingOnly = new TransformerChain<DimeTransformer>([Detector(Scaled().Fit(Rows(200, seed: 1)))], [TransformerScope.Training]);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => ((ITransformer)model).Calibrate(Rows(20, seed: 2)));
        Assert.AreEqual("model", error.ParamName);
        Assert.Contains("NormalizingTransformer, ColumnCopyingTransformer", error.Message);
        Assert.Contains("DetectOutOfDistribution", error.Message);
        Assert.ThrowsExactly<ArgumentException>(() => ((ITransformer)trainingOnly).Calibrate(Rows(20, seed: 2)));
        Assert.AreEqual("model", Assert.ThrowsExactly<ArgumentException>(() => new TransformerChain<DimeTransformer>().Calibrate(Rows(20, seed: 2))).ParamName);
    }

    [TestMethod]
    public void Several_detectors_are_told_apart_by_their_columns()
    {
        var second = new DimeOptions
        {
            InputColumnName = "Scaled",
            Rank = 1,
            DistanceColumnName = "LateDistance",
            ProbabilityColumnName = "LateProbability",
            OutlierColumnName = null,
        };
        IDataView train = Rows(200, seed: 1), fresh = Rows(101, seed: 2);
        TransformerChain<DimeTransformer> typed = Scaled().Append(_mlContext.Transforms.DetectOutOfDistribution(second)).Fit(train);
        ITransformer model = typed;

        ArgumentException unclear = Assert.ThrowsExactly<ArgumentException>(() => model.Calibrate(fresh));
        ArgumentException unknown = Assert.ThrowsExactly<ArgumentException>(() => model.Calibrate(fresh, "Distance"));
        ITransformer first = model.Calibrate(fresh, "DimeProbability"), last = model.Calibrate(fresh, "LateDistance");

        Assert.AreEqual("model", unclear.ParamName);
        Assert.AreEqual("outputColumnName", unknown.ParamName);
        foreach (string message in new[] { unclear.Message, unknown.Message })
        {
            Assert.Contains("of column 'Scaled' ('DimeDistance', 'DimeProbability', 'IsOutOfDistribution')", message);
            Assert.Contains("of column 'Scaled' ('LateDistance', 'LateProbability')", message);
        }

        CollectionAssert.AreEqual(Bits(typed.Calibrate(fresh), "LateProbability"), Bits(last, "LateProbability"));
        CollectionAssert.AreEqual(Bits(model, "DimeProbability"), Bits(last, "DimeProbability"));
        CollectionAssert.AreEqual(Bits(Scaled().Fit(train).Calibrate(fresh), "DimeProbability"), Bits(first, "DimeProbability"));
        CollectionAssert.AreEqual(Bits(model, "LateProbability"), Bits(first, "LateProbability"));
        CollectionAssert.AreNotEqual(Bits(model, "DimeProbability"), Bits(first, "DimeProbability"));
    }

    [TestMethod]
    public void Typed_pipeline_stays_typed_whichever_method_is_meant()
    {
        TransformerChain<DimeTransformer> chain = Scaled().Fit(Rows(200, seed: 1));
        IDataView fresh = Rows(101, seed: 2);

        TransformerChain<DimeTransformer> typed = chain.Calibrate(fresh);
        DimeTransformer detector = chain.LastTransformer.Calibrate(chain.Transform(fresh));

        CollectionAssert.AreEqual(typed.LastTransformer.Embedding.DistancePercentiles.ToArray(), detector.Embedding.DistancePercentiles.ToArray());
        Assert.ThrowsExactly<ArgumentNullException>(() => ((ITransformer)null!).Calibrate(fresh));
        Assert.ThrowsExactly<ArgumentNullException>(() => ((ITransformer)chain).Calibrate(null!));
    }

    [TestMethod]
    public void Networks_in_chains_within_chains_are_held_by_the_new_pipeline()
    {
        IDataView data = SampleRow.Data(_mlContext, SampleRow.Create(30));
        TransformerChain<DimeTransformer> inner = _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(batchSize: 8))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2)).Fit(data);
        var model = new TransformerChain<ITransformer>(inner);
        OnnxFeatureTransformer network = inner.OfType<OnnxFeatureTransformer>().Single();

        var calibrated = (TransformerChain<ITransformer>)((ITransformer)model).Calibrate(data);
        model.Dispose();

        Assert.IsTrue(network.Session.IsOpen);
        Assert.IsTrue(calibrated.Transform(data).GetColumn<float>("DimeDistance").All(float.IsFinite));
        calibrated.Dispose();
        Assert.IsFalse(network.Session.IsOpen);
    }

    private static uint[] Bits(ITransformer model, string column)
    {
        var mlContext = new MLContext(seed: 1);
        return Embeddings.BitsOf(model.Transform(mlContext.Data.LoadFromEnumerable(Embeddings.Create(50, seed: 3))), column);
    }

    private static void AssertSame(ITransformer expected, ITransformer actual)
    {
        foreach (string column in _columns)
        {
            CollectionAssert.AreEqual(Bits(expected, column), Bits(actual, column), column);
        }
    }

    private static DimeTransformer Detector(ITransformer model) => model as DimeTransformer ?? ((IEnumerable<ITransformer>)model)
        .Where(part => part is DimeTransformer or IEnumerable<ITransformer>).Select(Detector).Single();

    /// <summary>Types, scopes, and the parts of chains; the same object has the same hash.</summary>
    private static string Describe(ITransformer model)
    {
        if (model is not IEnumerable<ITransformer> chain)
        {
            return model is DimeTransformer ? model.GetType().Name : $"{model.GetType().Name} {RuntimeHelpers.GetHashCode(model)}";
        }

        var scopes = (TransformerScope[])model.GetType().GetField("_scopes", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(model)!;
        return $"{model.GetType()}[{string.Join("; ", chain.Zip(scopes).Select(part => $"{Describe(part.First)}: {part.Second}"))}]";
    }

    private EstimatorChain<DimeTransformer> Scaled(int percentileCount = 5000) => _mlContext.Transforms.NormalizeMinMax("Scaled", "Features")
        .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { InputColumnName = "Scaled", Rank = 2, PercentileCount = percentileCount }));

    private NormalizingTransformer Scale(IDataView data) => _mlContext.Transforms.NormalizeMinMax("Scaled", "Features").Fit(data);

    private ColumnCopyingTransformer Copy(string name) => _mlContext.Transforms.CopyColumns(name, "Features").Fit(Rows(1, seed: 1));

    /// <summary>A stage that changes nothing and counts the rows that it is applied to.</summary>
    private CustomMappingTransformer<Mapped, Mapped> Counted() => _mlContext.Transforms.CustomMapping<Mapped, Mapped>(
        (from, to) =>
        {
            Interlocked.Increment(ref _applied);
            to.Features = from.Features;
        },
        contractName: null).Fit(Rows(1, seed: 1));

    private IDataView Rows(int count, int seed) => _mlContext.Data.LoadFromEnumerable(Embeddings.Create(count, seed));

    private ITransformer SavedAndLoaded(ITransformer model)
    {
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, Rows(1, seed: 1).Schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out _);
    }

    private sealed class Mapped
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
