using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>The main job on real images through a real network, against figures that were computed independently.</summary>
[TestClass]
public sealed class MainJobTests
{
    private static readonly string[] _foreignSets = ["ood-mnist", "ood-cifar100"];

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Pooled_features_are_those_of_the_reference(int layer)
    {
        var reference = SampleReference.AtLayer(layer);

        Assert.AreEqual(SampleFeatures.Tensors[layer], reference.Tensor);
        Assert.HasCount(3, reference.PooledFeatures);
        foreach ((string name, double[] expected) in reference.PooledFeatures)
        {
            float[] actual = SampleFeatures.Of(name, layer);
            Assert.HasCount(expected.Length, actual);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i], actual[i], 1e-4, $"{name}, channel {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Fit_to_all_training_images_gives_the_figures_of_the_reference(int layer)
    {
        var reference = SampleReference.AtLayer(layer);
        var mlContext = new MLContext(seed: 1);

        DimeTransformer model = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Calibration = Calibration.None })
            .Fit(SampleFeatures.Load(mlContext, "train", layer));

        Assert.AreEqual(reference.Rank, model.Embedding.Rank);
        for (int i = 0; i < reference.Rank; i++)
        {
            Assert.AreEqual(reference.ExplainedVariance[i], model.Embedding.ExplainedVariance[i], 1e-4);
        }

        AssertFigures(mlContext, [model], reference, layer, areaTolerance: 0.002, rateTolerance: 0.01, distanceTolerance: 0.001);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Default_options_stay_within_the_stated_tolerances(int layer)
    {
        var reference = SampleReference.AtLayer(layer);
        var mlContext = new MLContext(seed: 1);

        // Which fifth of 2000 images is held out moves some figures of the deeper layers by more than the tolerance.
        DimeTransformer[] models = layer == 0 ? [Fit(seed: 1)] : [.. Enumerable.Range(0, 5).Select(Fit)];

        AssertFigures(mlContext, models, reference, layer, areaTolerance: 0.015, rateTolerance: 0.06, distanceTolerance: 0.03);
        double flagged = models[0].Transform(SampleFeatures.Load(mlContext, "test", layer)).GetColumn<bool>("IsOutOfDistribution").Average(flag => flag ? 1 : 0);
        Assert.IsTrue(flagged is > 0.01 and < 0.12, $"{flagged:P1} of the test images are flagged, about 5 % should be.");

        DimeTransformer Fit(int seed)
        {
            var seeded = new MLContext(seed);
            return seeded.Transforms.DetectOutOfDistribution(rank: reference.Rank).Fit(SampleFeatures.Load(seeded, "train", layer));
        }
    }

    [TestMethod]
    public void Pipeline_from_image_files_scores_as_its_stages_do_one_by_one()
    {
        var mlContext = new MLContext(seed: 1);
        DimeTransformer detector = mlContext.Transforms.DetectOutOfDistribution().Fit(SampleFeatures.Load(mlContext, "train", layer: 0));
        float[] expected = [.. detector.Transform(SampleFeatures.Load(mlContext, "ood-mnist", layer: 0)).GetColumn<float>("DimeDistance")];

        float[] actual = SampleFeatures.WithImages("", images =>
        {
            using TransformerChain<DimeTransformer> model = SampleFeatures.Pixels(mlContext)
                .Append(mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", ProjectFiles.SampleNetwork, SampleFeatures.Tensors[0]))
                .Append(mlContext.Transforms.DetectOutOfDistribution())
                .Fit(mlContext.Data.LoadFromEnumerable(Of(images, "train")));
            return model.Transform(mlContext.Data.LoadFromEnumerable(Of(images, "ood-mnist"))).GetColumn<float>("DimeDistance").ToArray();
        });

        CollectionAssert.AreEqual(Embeddings.BitsOf(expected), Embeddings.BitsOf(actual));
    }

    [TestMethod]
    public void Exposed_outputs_under_MLNets_own_stage_give_the_same_distances()
    {
        var mlContext = new MLContext(seed: 1);
        DimeTransformer detector = mlContext.Transforms.DetectOutOfDistribution().Fit(SampleFeatures.Load(mlContext, "train", layer: 1));
        float[] expected = [.. detector.Transform(SampleFeatures.Load(mlContext, "ood-mnist", layer: 1)).GetColumn<float>("DimeDistance")];
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SampleFeatures.Tensors[1]).Save(network);

        float[] actual;
        try
        {
            actual = SampleFeatures.WithImages("ood-mnist/", images =>
            {
                IDataView files = mlContext.Data.LoadFromEnumerable(images);
                using TransformerChain<GlobalAveragePoolingTransformer> model = SampleFeatures.Pixels(mlContext)
                    .Append(mlContext.Transforms.CopyColumns("image", "pixels"))
                    .Append(mlContext.Transforms.ApplyOnnxModel([SampleFeatures.Tensors[1], "logits"], ["image"], network))
                    .Append(mlContext.Transforms.CopyColumns("Map", SampleFeatures.Tensors[1]))
                    .Append(mlContext.Transforms.GlobalAveragePool("Features", "Map"))
                    .Fit(files);
                return detector.Transform(model.Transform(files)).GetColumn<float>("DimeDistance").ToArray();
            });
        }
        finally
        {
            File.Delete(network);
        }

        CollectionAssert.AreEqual(Embeddings.BitsOf(expected), Embeddings.BitsOf(actual));
    }

    [TestMethod]
    public void Unknown_tensor_is_an_error_that_lists_near_matches()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => new MLContext().Transforms.ExtractOnnxFeatures("Features", "pixels", ProjectFiles.SampleNetwork, "/l2/l2.1/Relu_output"));

        Assert.Contains("'/l2/l2.1/Relu_output'", error.Message);
        Assert.Contains("'/l2/l2.1/Relu_output_0'", error.Message);
    }

    [TestMethod]
    public void Feature_column_may_have_the_name_of_the_pixels()
    {
        var mlContext = new MLContext(seed: 1);

        float[] features = SampleFeatures.WithImages("test/deer/0011.jpg", images =>
        {
            IDataView file = mlContext.Data.LoadFromEnumerable(images);
            using TransformerChain<OnnxFeatureTransformer> model = SampleFeatures.Pixels(mlContext)
                .Append(mlContext.Transforms.ExtractOnnxFeatures("pixels", "pixels", ProjectFiles.SampleNetwork, SampleFeatures.Tensors[0]))
                .Fit(file);
            return model.Transform(file).GetColumn<float[]>("pixels").Single();
        });

        CollectionAssert.AreEqual(SampleFeatures.Of("test/deer/0011.jpg", 0), features);
    }

    private static IEnumerable<SampleImage> Of(IEnumerable<SampleImage> images, string set) =>
        images.Where(image => image.Name.StartsWith(set + "/", StringComparison.Ordinal));

    /// <summary>Compares the means over the models.</summary>
    private static void AssertFigures(
        MLContext mlContext, DimeTransformer[] models, SampleReference reference, int layer, double areaTolerance, double rateTolerance, double distanceTolerance)
    {
        foreach ((string set, double expected) in reference.MeanDistance)
        {
            IDataView data = SampleFeatures.Load(mlContext, set, layer);
            double mean = models.Average(model => model.Transform(data).GetColumn<float>("DimeDistance").Average());
            Assert.AreEqual(expected, mean, distanceTolerance * expected, set);
        }

        IDataView inDistribution = SampleFeatures.Load(mlContext, "test", layer);
        foreach (string set in _foreignSets)
        {
            IDataView foreign = SampleFeatures.Load(mlContext, set, layer);
            OutOfDistributionMetrics[] metrics =
                [.. models.Select(model => mlContext.AnomalyDetection.EvaluateOutOfDistribution(model.Transform(inDistribution), model.Transform(foreign)))];
            Assert.AreEqual(reference.AreaUnderRoc[set], metrics.Average(m => m.AreaUnderRocCurve), areaTolerance, set);
            Assert.AreEqual(
                reference.AreaUnderPrecisionRecall[set], metrics.Average(m => m.AreaUnderPrecisionRecallCurveOutOfDistribution), 2 * areaTolerance, set);
            Assert.AreEqual(reference.FalsePositiveRate[set], metrics.Average(m => m.FalsePositiveRateAt95TruePositiveRate), rateTolerance, set);
        }
    }
}
