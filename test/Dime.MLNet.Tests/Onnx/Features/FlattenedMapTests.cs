using Dime.MLNet.Tests.Fixtures;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>DIME on whole feature maps of the sample network: far more values than images.</summary>
[TestClass]
public sealed class FlattenedMapTests
{
    private const string Tensor = "/l2/l2.1/Relu_1_output_0";

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Values_of_a_flattened_map_are_those_of_the_map()
    {
        IDataView data = SampleRow.Data(_mlContext, SampleRow.Create(9));
        using OnnxFeatureTransformer map = _mlContext.Transforms.ExtractOnnxFeatures(Options("Pixels", flatten: false)).Fit(data);
        using OnnxFeatureTransformer flat = _mlContext.Transforms.ExtractOnnxFeatures(Options("Pixels")).Fit(data);

        IDataView maps = map.Transform(data), vectors = flat.Transform(data);

        int[] shape = [.. ((VectorDataViewType)maps.Schema["Features"].Type).Dimensions];
        Assert.HasCount(3, shape);
        CollectionAssert.AreEqual(new[] { shape.Aggregate((a, b) => a * b) }, ((VectorDataViewType)vectors.Schema["Features"].Type).Dimensions.ToArray());
        CollectionAssert.AreEqual(
            maps.GetColumn<float[]>("Features").SelectMany(row => row).ToArray(), vectors.GetColumn<float[]>("Features").SelectMany(row => row).ToArray());
        string message = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.DetectOutOfDistribution().Fit(maps)).Message;
        Assert.Contains("Flatten", message);
    }

    /// <summary>From image files to a saved pipeline and back; the distances are those of a QR decomposition of the training maps.</summary>
    [TestMethod]
    public void Distances_from_images_to_the_maps_of_few_others_are_exact() => SampleFeatures.WithImages("", images =>
    {
        IDataView train = Data(images.Where(image => image.Name.StartsWith("train/", StringComparison.Ordinal)).Where((_, i) => i % 10 == 0));
        IDataView test = Data(images.Where(image => image.Name.StartsWith("test/", StringComparison.Ordinal)).Where((_, i) => i % 25 == 0));
        int count = train.GetColumn<string>(nameof(SampleImage.Name)).Count();
        EstimatorChain<DimeTransformer> pipeline = SampleFeatures.Pixels(_mlContext)
            .Append(_mlContext.Transforms.ExtractOnnxFeatures(Options("pixels")))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = count, Calibration = Calibration.None }));
        using TransformerChain<DimeTransformer> fitted = pipeline.Fit(train);
        var zip = ModelZip.Save(_mlContext, fitted, train.Schema);

        float[][] rows = [.. fitted.Transform(train).GetColumn<float[]>("Features")];
        Assert.IsGreaterThan(10 * count, rows[0].Length);
        Assert.AreEqual(rows[0].Length, fitted.LastTransformer.Embedding.Dimension);
        Matrix<double> q = Matrix<double>.Build.Dense(rows[0].Length, count, (p, i) => rows[i][p]).QR(QRMethod.Thin).Q;
        using var stream = new MemoryStream(zip.Bytes);
        ITransformer loaded = _mlContext.Model.Load(stream, out _);
        using var disposable = (IDisposable)loaded;
        IDataView scored = loaded.Transform(test);
        float[][] maps = [.. scored.GetColumn<float[]>("Features")];
        float[] distances = [.. scored.GetColumn<float>("DimeDistance")];
        Assert.IsGreaterThan(5, maps.Length);
        for (int i = 0; i < maps.Length; i++)
        {
            Vector<double> map = Vector<double>.Build.Dense(maps[i].Length, p => maps[i][p]);
            double expected = (map - (q * q.TransposeThisAndMultiply(map))).L2Norm();
            Assert.AreEqual(expected, distances[i], Math.Max(1e-4 * expected, 1e-6 * map.L2Norm()));
        }

        return 0;
    });

    [TestMethod]
    public void Whole_maps_show_where_something_is_and_means_do_not() => SampleFeatures.WithImages("", images =>
    {
        IDataView Set(string set, int each) => Data(images.Where(image => image.Name.StartsWith(set, StringComparison.Ordinal)).Where((_, i) => i % each == 0));
        IDataView train = Set("train/", 3);
        using TransformerChain<DimeTransformer> fitted = SampleFeatures.Pixels(_mlContext)
            .Append(_mlContext.Transforms.ExtractOnnxFeatures(Options("pixels")))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { ExplainedVarianceThreshold = 0.9 }))
            .Fit(train);
        float[][] maps = [.. fitted.Transform(Set("test/", 20)).GetColumn<float[]>("Features")];

        // The same values of the same channels at other positions: 16×16 of them, in an order that is drawn once.
        const int Positions = 256;
        int[] order = [.. Enumerable.Range(0, Positions)];
        new Random(1).Shuffle(order);
        float[][] moved = [.. maps.Select(map => Enumerable.Range(0, map.Length).Select(i => map[(i / Positions * Positions) + order[i % Positions]]).ToArray())];
        ModelledEmbedding whole = fitted.LastTransformer.Embedding;
        float[] usual = whole.DistanceToHyperplane([.. maps.SelectMany(map => map)]), unusual = whole.DistanceToHyperplane([.. moved.SelectMany(map => map)]);
        for (int i = 0; i < maps.Length; i++)
        {
            Assert.IsGreaterThan(usual[i], unusual[i], $"map {i}");
            for (int channel = 0; channel < maps[i].Length; channel += Positions)
            {
                Assert.AreEqual(maps[i].AsSpan(channel, Positions).ToArray().Average(), moved[i].AsSpan(channel, Positions).ToArray().Average(), 1e-4);
            }
        }

        return 0;
    });

    [TestMethod]
    public void Maps_are_not_both_averaged_and_flattened()
    {
        var options = new OnnxFeatureOptions { ModelFile = ProjectFiles.SampleNetwork, InputColumnNames = ["Pixels"], TensorNames = [Tensor], Flatten = true };

        Assert.Contains("PoolFeatureMaps = false", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(options)).Message);
    }

    private static OnnxFeatureOptions Options(string input, bool flatten = true) => new()
    {
        ModelFile = ProjectFiles.SampleNetwork,
        InputColumnNames = [input],
        TensorNames = [Tensor],
        OutputColumnNames = ["Features"],
        PoolFeatureMaps = false,
        Flatten = flatten,
    };

    private IDataView Data(IEnumerable<SampleImage> images) => _mlContext.Data.LoadFromEnumerable(images.ToList());
}
