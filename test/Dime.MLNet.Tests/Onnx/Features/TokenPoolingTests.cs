using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Pooling;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>Tokens N×T×C as embeddings.</summary>
[TestClass]
public sealed class TokenPoolingTests
{
    private const int Tokens = 5;
    private const int Width = 11;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(TensorElementType.Float)]
    [DataRow(TensorElementType.Double)]
    [DataRow(TensorElementType.Float16)]
    public void Mean_and_first_token_are_those_of_the_tensor(TensorElementType type)
    {
        Row[] rows = Row.Create(7);
        double relative = type == TensorElementType.Float16 ? 1e-3 : 1e-6;

        float[][] mean = Run(rows, TokenPooling.Mean, type), first = Run(rows, TokenPooling.First, type);

        for (int i = 0; i < rows.Length; i++)
        {
            FeatureAssert.Close([.. Enumerable.Range(0, Width).Select(c => (float)Enumerable.Range(0, Tokens).Average(t => (double)rows[i].Features[(t * Width) + c]))], mean[i], relative);
            FeatureAssert.Close(rows[i].Features[..Width], first[i], relative);
        }
    }

    [TestMethod]
    public void Without_the_option_positions_are_averaged_as_ever()
    {
        Row[] rows = Row.Create(3);

        float[][] actual = Run(rows, TokenPooling.None, TensorElementType.Float);

        FeatureAssert.Close([.. Enumerable.Range(0, Tokens).Select(t => rows[2].Features.Skip(t * Width).Take(Width).Average())], actual[2], 1e-6);
    }

    [TestMethod]
    [DataRow(TokenPooling.Mean, 2)]
    [DataRow(TokenPooling.First, 2)]
    [DataRow(TokenPooling.None, 1)]
    public void Saved_stage_pools_as_before_and_only_tokens_need_a_newer_version(TokenPooling pooling, int version)
    {
        Row[] rows = Row.Create(6);
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(Options(pooling, TensorElementType.Float)).Fit(data);
        var zip = ModelZip.Save(_mlContext, model, data.Schema);
        using var stream = new MemoryStream(zip.Bytes);

        using var loaded = (OnnxFeatureTransformer)new MLContext().Model.Load(stream, out _);

        Assert.AreEqual(version, zip.Payload("DIMEONNX")[8]);
        CollectionAssert.AreEqual(
            model.Transform(data).GetColumn<float[]>("Result").SelectMany(row => row).ToArray(),
            loaded.Transform(data).GetColumn<float[]>("Result").SelectMany(row => row).ToArray());
    }

    [TestMethod]
    public void Option_that_applies_to_no_tensor_is_an_error()
    {
        var options = new OnnxFeatureOptions { Graph = TinyNetwork.Load(TinyNetwork.Create()), InputColumnNames = ["Features"], TensorNames = ["y"], TokenPooling = TokenPooling.First };

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(options));

        Assert.Contains("TokenPooling.First", error.Message);
        Assert.Contains("no tensor has any, N×T×C: 'y' (2 of Float)", error.Message);
        Assert.AreEqual("options", error.ParamName);
    }

    [TestMethod]
    public void Number_of_tokens_that_is_not_fixed_is_an_error_that_names_the_tensor()
    {
        ModelProto model = Network(TensorElementType.Float);
        model.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, null, Width);
        OnnxFeatureOptions options = Options(TokenPooling.Mean, TinyNetwork.Load(model));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(options));

        Assert.Contains("'y' is of shape [N, N, 11]", error.Message);
        Assert.Contains("all sizes but the batch's fixed", error.Message);
    }

    [TestMethod]
    public void Pooling_that_does_not_exist_is_refused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Options((TokenPooling)3, TensorElementType.Float));

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 8)]
    [DataRow(17, 19)]
    [DataRow(197, 64)]
    public void Means_are_those_of_a_sum_in_double_precision(int tokens, int width)
    {
        var random = new Random(5);
        float[] rows = [.. Enumerable.Range(0, 2 * tokens * width).Select(_ => (float)(random.NextDouble() * 1000))];
        float[] means = new float[2 * width];

        TokenMeans.Compute(rows, width, means);

        for (int i = 0; i < means.Length; i++)
        {
            double sum = 0;
            for (int t = 0; t < tokens; t++)
            {
                sum += rows[((((i / width) * tokens) + t) * width) + (i % width)];
            }

            Assert.AreEqual((float)(sum / tokens), means[i]);
        }
    }

    private static OnnxFeatureOptions Options(TokenPooling pooling, TensorElementType type) => Options(pooling, TinyNetwork.Load(Network(type)));

    private static OnnxFeatureOptions Options(TokenPooling pooling, OnnxGraph graph) => new()
    {
        Graph = graph,
        InputColumnNames = ["Features"],
        TensorNames = ["y"],
        OutputColumnNames = ["Result"],
        TokenPooling = pooling,
        BatchSize = 4,
    };

    private static ModelProto Network(TensorElementType type)
    {
        ModelProto model = TinyNetwork.Cast(TensorElementType.Float, type, null);
        model.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, Tokens, Width);
        model.Graph.Output[0] = TinyNetwork.Value("y", (int)type, null, Tokens, Width);
        return model;
    }

    private float[][] Run(Row[] rows, TokenPooling pooling, TensorElementType type)
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(Options(pooling, type)).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Result")];
    }

    public sealed class Row
    {
        [VectorType(Tokens * Width)]
        public float[] Features { get; set; } = [];

        public static Row[] Create(int count)
        {
            var random = new Random(11);
            return [.. Enumerable.Range(0, count).Select(_ => new Row { Features = [.. Enumerable.Range(0, Tokens * Width).Select(_ => (float)random.NextDouble() + 1)] })];
        }
    }
}
