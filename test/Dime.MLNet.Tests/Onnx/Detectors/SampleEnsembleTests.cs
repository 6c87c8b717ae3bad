using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>An ensemble of real layers, fused into the real network, on real images, against the stages of ML.NET and the ensemble.</summary>
[TestClass]
public sealed class SampleEnsembleTests
{
    private const int PixelCount = 3 * 32 * 32;

    private static readonly string[] _tensors = ["/l1/l1.1/Relu_1_output_0", "/l2/l2.1/Relu_1_output_0", "/l3/l3.1/Relu_1_output_0", "/ReduceMean_output_0", "logits"];

    private static readonly string[] _columns = ["l1", "l2", "l3", "last", "logits"];

    [TestMethod]
    public void Fused_network_gives_the_verdict_of_the_ensemble_and_its_own_logits_to_the_bit()
    {
        (float[] _, float[] train, EmbeddingLayout layout) = Read("train/");
        int half = train.Length / layout.Width / 2 * layout.Width;
        var sums = new EnsembleAccumulator(
            layout,
            [
                .. _columns[..3].Select(column => OutOfDistributionScore.ClassMahalanobis(column, weight: 0.5)),
                OutOfDistributionScore.RelativeMahalanobis("last", normalize: true),
                OutOfDistributionScore.Energy("logits"),
            ],
            "logits");
        sums.Add(train.AsSpan(0, half));
        ModelledEnsemble model = sums.Fit().Calibrate(train.AsSpan(half));
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);

        OnnxGraph fused = network.Fuse(model.ToOnnx(), _tensors);

        foreach (string set in new[] { "test/", "ood-mnist/" })
        {
            (float[] pixels, float[] rows, _) = Read(set);
            long count = pixels.Length / PixelCount;
            var run = EnsembleRun.Of(model, fused, rows, (network.Inputs.Single().Name, pixels, [count, 3, 32, 32]));
            run.VerdictAgrees(fused.Detectors.Single());
            PrecisionAssert.SameBits(DetectorRun.Of(network, pixels, 3, 32, 32)["logits"], run["logits"]);
        }
    }

    private static (float[] Pixels, float[] Rows, EmbeddingLayout Layout) Read(string set) => SampleFeatures.WithImages(set, images =>
    {
        var mlContext = new MLContext(seed: 1);
        IDataView files = mlContext.Data.LoadFromEnumerable(images);
        var options = new OnnxFeatureOptions
        {
            ModelFile = ProjectFiles.SampleNetwork,
            InputColumnNames = ["pixels"],
            TensorNames = _tensors,
            OutputColumnNames = _columns,
        };
        using TransformerChain<OnnxFeatureTransformer> model = SampleFeatures.Pixels(mlContext).Append(mlContext.Transforms.ExtractOnnxFeatures(options)).Fit(files);
        IDataView features = model.Transform(files);
        float[][][] values = [.. _columns.Select(column => features.GetColumn<float[]>(column).ToArray())];
        return (
            features.GetColumn<float[]>("pixels").SelectMany(row => row).ToArray(),
            Enumerable.Range(0, values[0].Length).SelectMany(row => values.SelectMany(column => column[row])).ToArray(),
            new EmbeddingLayout([.. _columns.Zip(values, (column, all) => (column, all[0].Length))]));
    });
}
