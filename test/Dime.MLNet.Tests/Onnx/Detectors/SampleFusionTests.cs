using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Detectors of real layers, fused into the real network, on real images, against the pipeline of ML.NET.</summary>
[TestClass]
public sealed class SampleFusionTests
{
    private const int PixelCount = 3 * 32 * 32;

    private static readonly Lazy<(float[] Pixels, DimeTransformer[] Models, OnnxGraph Fused)> _sample = new(Create);

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(256)]
    public void Fused_outputs_are_those_of_the_pipeline_in_any_batch(int batch)
    {
        (float[] pixels, DimeTransformer[] models, OnnxGraph fused) = _sample.Value;
        var mlContext = new MLContext(seed: 1);
        float[] rows = pixels[..(Math.Min(batch, pixels.Length / PixelCount) * PixelCount)];

        var run = DetectorRun.Of(fused, rows, 3, 32, 32);

        for (int layer = 0; layer < 2; layer++)
        {
            IDataView scored = models[layer].Transform(SampleFeatures.Load(mlContext, "test", layer));
            OnnxDetectorInfo outputs = fused.Detectors[layer];
            float[] distances = [.. scored.GetColumn<float>("DimeDistance")];
            float[] probabilities = [.. scored.GetColumn<float>("DimeProbability")];
            bool[] flags = [.. scored.GetColumn<bool>("IsOutOfDistribution")];
            float percentile = 1.01f / (outputs.PercentileCount - 1);
            for (int i = 0; i < rows.Length / PixelCount; i++)
            {
                Assert.AreEqual(distances[i], run[outputs.DistanceOutput][i], 1e-4 * distances[i]);
                Assert.AreEqual(probabilities[i], run[outputs.ProbabilityOutput!][i], percentile);
                if (Math.Abs(probabilities[i] - 0.95f) > percentile)
                {
                    Assert.AreEqual(flags[i] ? 1f : 0f, run[outputs.IsOutOfDistributionOutput!][i]);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(64)]
    public void Logits_are_the_same_to_the_bit(int batch)
    {
        (float[] pixels, _, OnnxGraph fused) = _sample.Value;
        float[] rows = pixels[..(batch * PixelCount)];

        PrecisionAssert.SameBits(
            DetectorRun.Of(OnnxGraph.Load(ProjectFiles.SampleNetwork), rows, 3, 32, 32)["logits"],
            DetectorRun.Of(fused, rows, 3, 32, 32)["logits"]);
    }

    [TestMethod]
    public void Fused_file_is_scored_by_the_stage_of_ML_NET_too()
    {
        (float[] pixels, _, OnnxGraph fused) = _sample.Value;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
        try
        {
            string file = Path.Combine(folder.FullName, "fused.onnx");
            fused.Save(file);
            var mlContext = new MLContext(seed: 1) { TempFilePath = folder.FullName };
            IDataView data = mlContext.Data.LoadFromEnumerable(pixels.Chunk(PixelCount).Take(5).Select(row => new PixelRow { Image = row }));
            string[] columns = ["logits", "second_distance", "second_probability", "second_is_out_of_distribution"];

            using OnnxTransformer stage = mlContext.Transforms.ApplyOnnxModel(columns, ["image"], file).Fit(data);
            IDataView scored = stage.Transform(data);

            var run = DetectorRun.Of(fused, pixels[..(5 * PixelCount)], 3, 32, 32);
            float[] distances = [.. scored.GetColumn<float[]>(columns[1]).Select(row => row.Single())];
            float[] probabilities = [.. scored.GetColumn<float[]>(columns[2]).Select(row => row.Single())];
            float[] flags = [.. scored.GetColumn<bool[]>(columns[3]).Select(row => row.Single() ? 1f : 0f)];
            for (int i = 0; i < distances.Length; i++)
            {
                Assert.AreEqual(run[columns[1]][i], distances[i], 1e-4 * distances[i]);
                Assert.AreEqual(run[columns[2]][i], probabilities[i], 1.01f / 4999);
                Assert.AreEqual(run[columns[3]][i], flags[i]);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Detectors_tell_what_they_are_and_come_back()
    {
        (_, DimeTransformer[] models, OnnxGraph fused) = _sample.Value;
        OnnxDetectorInfo second = fused.Detectors[1];

        Assert.HasCount(2, fused.Detectors);
        Assert.AreEqual($"second: {SampleFeatures.Tensors[1]} [N, 64], rank {models[1].Embedding.Rank}", second.ToString());
        Assert.IsTrue(second.IsCalibrated);
        Assert.AreEqual("second_distance second_probability second_is_out_of_distribution", $"{second.DistanceOutput} {second.ProbabilityOutput} {second.IsOutOfDistributionOutput}");
        float[] rows = [.. SampleFeatures.Load(new MLContext(), "test", 1).GetColumn<float[]>("Features").SelectMany(row => row)];
        PrecisionAssert.SameBits(models[1].Embedding.DistanceToHyperplane(rows), fused.ToModelledEmbedding("second").DistanceToHyperplane(rows));
    }

    private static (float[] Pixels, DimeTransformer[] Models, OnnxGraph Fused) Create()
    {
        float[] pixels = SampleFeatures.WithImages("test/", images =>
        {
            var mlContext = new MLContext(seed: 1);
            IDataView files = mlContext.Data.LoadFromEnumerable(images);
            return SampleFeatures.Pixels(mlContext).Fit(files).Transform(files).GetColumn<float[]>("pixels").SelectMany(row => row).ToArray();
        });

        var context = new MLContext(seed: 1);
        DimeTransformer[] models =
        [
            .. Enumerable.Range(0, 2).Select(layer => context.Transforms.DetectOutOfDistribution().Fit(SampleFeatures.Load(context, "train", layer))),
        ];
        OnnxGraph fused = OnnxGraph.Load(ProjectFiles.SampleNetwork)
            .Fuse(models[0].ToOnnx(), SampleFeatures.Tensors[0], "first")
            .Fuse(models[1].ToOnnx(), SampleFeatures.Tensors[1], "second");
        return (pixels, models, fused);
    }

    private sealed class PixelRow
    {
        [ColumnName("image")]
        [VectorType(3, 32, 32)]
        public float[] Image { get; set; } = [];
    }
}
