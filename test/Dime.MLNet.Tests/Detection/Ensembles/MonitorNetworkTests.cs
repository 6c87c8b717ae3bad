using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection.Ensembles;

/// <summary>A network and images are all that is given; figures of an independent computation are what it must reach.</summary>
[TestClass]
public sealed class MonitorNetworkTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Sample_network_finds_digits_and_new_kinds_of_objects_with_what_it_chose_by_itself() => SampleFeatures.WithImages("", images =>
    {
        using TransformerChain<TransformerChain<EnsembleTransformer>> model = SampleFeatures.Pixels(_mlContext)
            .Append(_mlContext.Transforms.MonitorNetwork(ProjectFiles.SampleNetwork, "pixels", new EnsembleOptions { ScoreProbabilitiesColumnName = "ByScore" }))
            .Fit(Load(images, "train"));

        IDataView test = model.Transform(Load(images, "test"));
        double flagged = test.GetColumn<bool>("IsOutOfDistribution").Average(flag => flag ? 1 : 0);
        double mnist = Area(model, test, Load(images, "ood-mnist")), cifar100 = Area(model, test, Load(images, "ood-cifar100"));

        Assert.IsGreaterThanOrEqualTo(0.985, mnist);
        Assert.IsGreaterThanOrEqualTo(0.80, cifar100);
        Assert.IsTrue(flagged is >= 0.036 and <= 0.086, $"{flagged:P1}");
        Assert.AreEqual(5, ((VectorDataViewType)test.Schema["ByScore"].Type).Size);

        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, Load(images, "train").Schema, stream);
        stream.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        CollectionAssert.AreEqual(
            Embeddings.BitsOf(model.Transform(Load(images, "ood-mnist"))), Embeddings.BitsOf(loaded.Transform(Load(images, "ood-mnist"))));
        (loaded as IDisposable)?.Dispose();
        return 0;
    });

    [TestMethod]
    public void Plan_can_be_edited_and_options_are_kept()
    {
        var log = new ContextLog(_mlContext);
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        MonitoringPlan plan = network.SuggestMonitoring();
        plan = plan with { Scores = [.. plan.Scores.Where(score => score.Kind == OutOfDistributionScoreKind.Energy)] };
        EstimatorChain<EnsembleTransformer> pipeline = _mlContext.Transforms.MonitorNetwork(
            network, plan, ["pixels"], new EnsembleOptions { DistanceColumnName = "T", OutlierProbability = 0.9, PercentileCount = 77 });

        using TransformerChain<EnsembleTransformer> model = pipeline.Fit(Pixels(160));

        Assert.AreEqual(("T", 0.9), (model.LastTransformer.DistanceColumnName, model.LastTransformer.OutlierProbability));
        Assert.HasCount(77, model.LastTransformer.Ensemble.StatisticPercentiles.ToArray());
        Assert.AreEqual("Energy(logits)", model.LastTransformer.Ensemble.Scores.Single().Name);
        Assert.HasCount(plan.Tensors.Count, log.Infos.Where(info => info.StartsWith("Monitors ", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Column_of_classes_takes_the_place_of_the_logits()
    {
        IDataView data = Pixels(160);
        using TransformerChain<EnsembleTransformer> model = _mlContext.Transforms
            .MonitorNetwork(ProjectFiles.SampleNetwork, "pixels", new EnsembleOptions { ClassColumnName = "IsBright" }).Fit(data);

        CollectionAssert.AreEqual(new[] { "false", "true" }, model.LastTransformer.Ensemble.ClassNames.ToArray());
    }

    [TestMethod]
    public void What_cannot_be_is_refused_when_the_pipeline_is_made()
    {
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        MonitoringPlan plan = network.SuggestMonitoring();

        Assert.Contains("edit the plan", Refused(new EnsembleOptions { LogitsColumnName = "logits" }).Message);
        Assert.Contains("edit the plan", Refused(new EnsembleOptions { Scores = TensorRow.Scores }).Message);
        Assert.Contains("'logits' is hidden by the tensor", Refused(new EnsembleOptions { ClassColumnName = "logits" }).Message);
        Assert.Contains("'logits' is hidden by the tensor", Refused(new EnsembleOptions { ExampleWeightColumnName = "logits" }).Message);
        MonitoringPlan withoutLogits = plan with { LogitsColumnName = null };
        Assert.Contains("set ClassColumnName", RefusedPlan(withoutLogits, new EnsembleOptions()).Message);
        MonitoringPlan withoutClasses = plan with { Scores = [OutOfDistributionScore.Energy("logits")] };
        Assert.Contains("hasClasses", RefusedPlan(withoutClasses, new EnsembleOptions { ClassColumnName = "IsBright" }).Message);
        Assert.ThrowsExactly<FileNotFoundException>(() => _mlContext.Transforms.MonitorNetwork("absent.onnx", "pixels"));
        Assert.ThrowsExactly<InvalidOperationException>(
            () => _mlContext.Transforms.MonitorNetwork(network, plan with { Tensors = [plan.Tensors[0]] }, ["pixels"]));
        Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.MonitorNetwork(network, plan, ["pixels", "more"]));
        MonitoringPlan narrower = plan with { Tensors = [plan.Tensors[0] with { Dimension = 15 }, .. plan.Tensors.Skip(1)] };
        Assert.Contains("15 values (Positions); with TokenPooling.None for all tensors, it gives 16", Assert.ThrowsExactly<InvalidOperationException>(
            () => _mlContext.Transforms.MonitorNetwork(network, narrower, ["pixels"])).Message);

        ArgumentException Refused(EnsembleOptions options) => RefusedPlan(plan, options);

        ArgumentException RefusedPlan(MonitoringPlan refused, EnsembleOptions options) =>
            Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.MonitorNetwork(network, refused, ["pixels"], options));
    }

    private double Area(TransformerChain<TransformerChain<EnsembleTransformer>> model, IDataView inside, IDataView outside) =>
        _mlContext.AnomalyDetection.EvaluateOutOfDistribution(inside, model.Transform(outside)).AreaUnderRocCurve;

    private IDataView Load(IReadOnlyList<SampleImage> images, string set) =>
        _mlContext.Data.LoadFromEnumerable(images.Where(image => image.Name.StartsWith(set + "/", StringComparison.Ordinal)));

    private IDataView Pixels(int count)
    {
        var random = new Random(1);
        return _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new PixelRow
        {
            Pixels = [.. Enumerable.Range(0, 3072).Select(_ => (float)(random.NextDouble() * (i % 2 == 0 ? 255 : 90)))],
            IsBright = i % 2 == 0,
        }).ToArray());
    }

    private sealed class PixelRow
    {
        [VectorType(3, 32, 32)]
        [ColumnName("pixels")]
        public float[] Pixels { get; set; } = [];

        public bool IsBright { get; set; }
    }
}
