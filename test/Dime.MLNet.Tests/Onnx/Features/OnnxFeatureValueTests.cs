using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>What the stage computes of the sample network, against ML.NET's own stage and against ONNX Runtime itself.</summary>
[TestClass]
public sealed class OnnxFeatureValueTests
{
    private const int Count = 70;
    private const string Deeper = "/l3/l3.1/Relu_1_output_0";

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly SampleRow[] _rows = SampleRow.Create(Count);

    [TestMethod]
    public void Values_are_those_of_MLNets_own_stage_and_pooling()
    {
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SampleRow.Tensor).Save(network);
        float[][] expected;
        try
        {
            using TransformerChain<GlobalAveragePoolingTransformer> model = _mlContext.Transforms.CopyColumns("image", "Pixels")
                .Append(_mlContext.Transforms.ApplyOnnxModel([SampleRow.Tensor], ["image"], network))
                .Append(_mlContext.Transforms.GlobalAveragePool("Features", SampleRow.Tensor))
                .Fit(Data());
            expected = [.. model.Transform(Data()).GetColumn<float[]>("Features")];
        }
        finally
        {
            File.Delete(network);
        }

        float[][] actual = Column(SampleRow.Options(), "Features");

        Assert.HasCount(Count, actual);
        for (int i = 0; i < Count; i++)
        {
            FeatureAssert.Close(expected[i], actual[i], relative: 1e-5);
        }
    }

    [TestMethod]
    public void Logits_are_the_bits_of_ONNX_Runtime_in_the_same_batches()
    {
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(tensors: ["logits", SampleRow.Tensor], outputs: ["Logits", "Features"], batchSize: 16));
        float[][] actual = [.. model.Transform(Data()).GetColumn<float[]>("Logits")];
        byte[] network = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SampleRow.Tensor).ToBytes();

        foreach ((SampleRow[] batch, int first) in _rows.Chunk(16).Select((batch, i) => (batch, 16 * i)))
        {
            float[] expected = Inference.Run(network, "image", [.. batch.SelectMany(row => row.Pixels)], [batch.Length, 3, 32, 32], "logits");
            CollectionAssert.AreEqual(expected, actual.Skip(first).Take(batch.Length).SelectMany(row => row).ToArray());
        }
    }

    [TestMethod]
    public void Several_tensors_are_those_of_one_stage_each()
    {
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(tensors: [Deeper, "logits", SampleRow.Tensor], outputs: ["Deeper", "Logits", "Features"]));
        IDataView scored = model.Transform(Data());

        foreach ((string tensor, string column) in new[] { (SampleRow.Tensor, "Features"), (Deeper, "Deeper"), ("logits", "Logits") })
        {
            float[][] alone = Column(SampleRow.Options(tensors: [tensor], outputs: [column]), column);
            FeatureAssert.Close([.. alone.SelectMany(row => row)], [.. scored.GetColumn<float[]>(column).SelectMany(row => row)], relative: 1e-6);
        }
    }

    [TestMethod]
    public void Size_of_the_batch_does_not_change_the_values()
    {
        string[] tensors = [SampleRow.Tensor, "logits"];
        foreach (string column in tensors)
        {
            float[] expected = Values(batchSize: 64);
            FeatureAssert.Close(expected, Values(batchSize: 1), relative: 1e-6);
            FeatureAssert.Close(expected, Values(batchSize: 7), relative: 1e-6);
            FeatureAssert.Close(expected, Values(batchSize: null), relative: 1e-6);

            float[] Values(int? batchSize) => [.. Column(SampleRow.Options(tensors, outputs: tensors, batchSize), column).SelectMany(row => row)];
        }
    }

    [TestMethod]
    public void Feature_map_is_kept_where_pooling_is_turned_off()
    {
        var options = new OnnxFeatureOptions
        {
            ModelFile = ProjectFiles.SampleNetwork,
            InputColumnNames = ["Pixels"],
            TensorNames = [SampleRow.Tensor],
            PoolFeatureMaps = false,
        };
        using OnnxFeatureTransformer model = Fit(options);

        IDataView scored = model.Transform(Data());

        CollectionAssert.AreEqual(new[] { 32, 16, 16 }, ((VectorDataViewType)scored.Schema[SampleRow.Tensor].Type).Dimensions.ToArray());
        byte[] network = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(SampleRow.Tensor).ToBytes();
        float[] expected = Inference.Run(network, "image", _rows[5].Pixels, [1, 3, 32, 32], SampleRow.Tensor);
        FeatureAssert.Close(expected, scored.GetColumn<float[]>(SampleRow.Tensor).ElementAt(5), relative: 1e-6);
    }

    [TestMethod]
    public void Prediction_engine_gives_the_values_of_the_batches()
    {
        float[][] expected = Column(SampleRow.Options(), "Features");
        using TransformerChain<ITransformer> model = new(Fit(SampleRow.Options()));

        using PredictionEngine<SampleRow, SampleRow.Prediction> engine = _mlContext.Model.CreatePredictionEngine<SampleRow, SampleRow.Prediction>(model);

        for (int i = 0; i < 5; i++)
        {
            FeatureAssert.Close(expected[i], engine.Predict(_rows[i]).Features, relative: 1e-6);
        }
    }

    private IDataView Data() => SampleRow.Data(_mlContext, _rows);

    private OnnxFeatureTransformer Fit(OnnxFeatureOptions options) => _mlContext.Transforms.ExtractOnnxFeatures(options).Fit(Data());

    private float[][] Column(OnnxFeatureOptions options, string name)
    {
        using OnnxFeatureTransformer model = Fit(options);
        return [.. model.Transform(Data()).GetColumn<float[]>(name)];
    }
}
