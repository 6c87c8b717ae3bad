using Dime.MLNet.Onnx;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx;

[TestClass]
public sealed class OnnxFeatureStageTests
{
    private const string Tensor = "/l2/l2.1/Relu_1_output_0";
    private readonly string _folder = Directory.CreateTempSubdirectory("dime").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("Features")]
    [DataRow("pixels")]
    [DataRow("logits")]
    [DataRow("/l1/l1.1/Relu_1_output_0")]
    public void Features_are_what_the_network_computes_before_and_after_saving(string outputColumnName)
    {
        var context = new MLContext(seed: 1) { TempFilePath = _folder };
        var rows = Enumerable.Range(0, 3).Select(seed => new Row { Pixels = Inference.Pixels(3 * 32 * 32, seed) }).ToList();
        var data = context.Data.LoadFromEnumerable(rows);
        var model = OnnxFeatureStage.Create(context.Transforms, outputColumnName, "pixels", OnnxFeatureModel.Extract(OnnxGraph.Load(ProjectFiles.SampleNetwork), Tensor), null, false).Fit(data);
        using var zip = new MemoryStream();
        context.Model.Save(model, data.Schema, zip);
        (model as IDisposable)?.Dispose();
        Array.ForEach(Directory.GetFiles(_folder), File.Delete);
        var loaded = new MLContext().Model.Load(zip, out _);

        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(Tensor).ToBytes();
        var scored = loaded.Transform(data);
        var actual = scored.GetColumn<float[]>(outputColumnName).ToList();

        for (var i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(Inference.Run(network, "image", rows[i].Pixels, [1, 3, 32, 32], Tensor), actual[i]);
        }

        var type = (VectorDataViewType)scored.Schema[outputColumnName].Type;
        CollectionAssert.AreEqual(new[] { 1, 32, 16, 16 }, type.Dimensions.ToArray());
        Assert.AreEqual(NumberDataViewType.Single, type.ItemType);
        (loaded as IDisposable)?.Dispose();
    }

    [TestMethod]
    public void Schema_promises_the_column_that_is_delivered()
    {
        var context = new MLContext(seed: 1) { TempFilePath = _folder };
        var data = context.Data.LoadFromEnumerable([new Row { Pixels = Inference.Pixels(3 * 32 * 32) }]);
        var stage = OnnxFeatureStage.Create(context.Transforms, "pixels", "pixels", OnnxFeatureModel.Extract(OnnxGraph.Load(ProjectFiles.SampleNetwork), Tensor), null, false);

        var scored = stage.Fit(data).Transform(data);

        Assert.HasCount(1, scored.Schema.Where(column => !column.IsHidden).ToList());
        Assert.AreEqual("pixels", scored.Schema.Single(column => !column.IsHidden).Name);
    }

    [TestMethod]
    public void Tensor_that_needs_several_inputs_is_refused()
    {
        var model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("mask", TinyNetwork.Float, null, 2));
        model.Graph.Node.Add(TinyNetwork.Node("Mul", ["y", "mask"], "masked"));

        AssertRefused(model, "masked", "depends on 2 inputs of the network (x, mask)");
    }

    [TestMethod]
    public void Tensor_that_is_not_of_floats_is_refused()
    {
        var model = TinyNetwork.Create();
        model.Graph.Node.Add(TinyNetwork.Node("Shape", ["hidden"], "size"));

        AssertRefused(model, "size", "a tensor of Int64");
    }

    private void AssertRefused(ModelProto model, string tensorName, string reason)
    {
        var path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        var catalog = new MLContext().Transforms;

        var exception = Assert.ThrowsExactly<ArgumentException>(() => OnnxFeatureStage.Create(catalog, "Features", "x", OnnxFeatureModel.Extract(OnnxGraph.Load(path), tensorName), null, false));

        Assert.AreEqual("tensorName", exception.ParamName);
        StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        [ColumnName("pixels"), VectorType(3 * 32 * 32)]
        public float[] Pixels { get; set; } = [];
    }
}
