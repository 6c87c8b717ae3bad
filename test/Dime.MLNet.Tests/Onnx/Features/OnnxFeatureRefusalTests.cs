using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>What the stage turns away, and what it says.</summary>
[TestClass]
public sealed class OnnxFeatureRefusalTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");

    [TestCleanup]
    public void DeleteFile() => File.Delete(_file);

    [TestMethod]
    public void Other_batch_size_than_the_networks_own_is_refused()
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, 4));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(
            new OnnxFeatureOptions { ModelFile = _file, InputColumnNames = ["Singles"], TensorNames = ["y"], BatchSize = 8 }));

        Assert.Contains("takes 4 rows at a time, not 8", error.Message);
    }

    [TestMethod]
    public void Columns_that_do_not_match_the_inputs_are_refused()
    {
        Save(TinyNetwork.Difference());

        Assert.Contains("1 input columns (Singles) for 2 inputs of the network (a, b)", Refusal(["Singles"], null));
        Assert.Contains("depend on no input 'c'", Refusal(["Singles", "Sparse"], ["a", "c"]));
        Assert.Contains("input 'b' (3 of Float), which no column feeds", Refusal(["Singles"], ["a"]));

        string Refusal(string[] columns, string[]? tensors) => Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(
            new OnnxFeatureOptions { ModelFile = _file, InputColumnNames = columns, InputTensorNames = tensors, TensorNames = ["y"] })).Message;
    }

    [TestMethod]
    [DataRow("Int64s", "is of type Vector<Int64, 3>; input 'x' (3 of Float) of the network takes Single")]
    [DataRow("Long", "has 4 values a row; input 'x' (3 of Float) of the network takes 3")]
    [DataRow("Ragged", "no known size; input 'x' (3 of Float) of the network takes 3 values a row")]
    [DataRow("Absent", "There is no column 'Absent' for input 'x' (3 of Float)")]
    [DataRow("Number", "has 1 values a row")]
    public void Column_that_does_not_fit_is_refused_by_fit(string column, string reason)
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, null));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, "y").Fit(Data(TypedRow.Create(1))));

        Assert.Contains(reason, error.Message);
        Assert.Contains($"'{column}'", error.Message);
    }

    [TestMethod]
    [DataRow("Int64s", "takes Single")]
    [DataRow("Ragged", "no known size")]
    [DataRow("Absent", "There is no column 'Absent'")]
    public void Column_that_does_not_fit_is_refused_by_the_promise(string column, string reason)
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, null));
        SchemaShape shape = MLNetInternals.ShapeOf(Data(TypedRow.Create(1)).Schema);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, "y").GetOutputSchema(shape));

        Assert.Contains(reason, error.Message);
    }

    [TestMethod]
    public void Tensor_that_is_no_feature_is_refused()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Node.Add(TinyNetwork.Node("Shape", ["hidden"], "size"));
        Save(model);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures("Result", "x", _file, "size"));

        Assert.Contains("a tensor of Int64", error.Message);
    }

    [TestMethod]
    public void Failed_inference_tells_rows_and_columns()
    {
        // Gather of an index that is out of range fails when the network runs.
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Int64, null, 1);
        model.Graph.Node.Clear();
        model.Graph.Node.Add(TinyNetwork.Node("Gather", ["b", "x"], "y"));
        model.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 1);
        Save(model);
        IDataView data = Data(TypedRow.Create(10));
        using OnnxFeatureTransformer transformer = _mlContext.Transforms.ExtractOnnxFeatures(
            new OnnxFeatureOptions { ModelFile = _file, InputColumnNames = ["Scalar"], TensorNames = ["y"], OutputColumnNames = ["Result"], BatchSize = 4 }).Fit(data);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => transformer.Transform(data).GetColumn<float[]>("Result").Count());

        Assert.Contains("rows 0 to 3", error.Message);
        Assert.Contains("'Scalar'", error.Message);
        Assert.Contains("'Result'", error.Message);
    }

    [TestMethod]
    public void Network_that_ONNX_Runtime_rejects_is_refused_by_fit()
    {
        ModelProto model = TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, null);
        model.Graph.Node[0].OpType = "NoSuchOperator";
        Save(model);

        Assert.ThrowsExactly<InvalidDataException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y").Fit(Data(TypedRow.Create(1))));
    }

    [TestMethod]
    public void Missing_GPU_is_an_error_unless_the_CPU_may_stand_in()
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, null));
        IDataView data = Data(TypedRow.Create(2));

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y", gpuDeviceId: 0).Fit(data));
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y", gpuDeviceId: 0, fallbackToCpu: true).Fit(data);

        Assert.Contains("GPU 0", error.Message);
        Assert.HasCount(2, model.Transform(data).GetColumn<float[]>("Result").ToArray());
    }

    [TestMethod]
    public void Refusal_names_a_parameter_that_its_caller_has()
    {
        Save(TinyNetwork.Difference());

        Assert.AreEqual("inputColumnName", ParameterOf(() => Simple("a", "y")));
        Assert.AreEqual("tensorName", ParameterOf(() => Simple("a", "nope")));
        Assert.AreEqual("tensorName", ParameterOf(() => Simple("a", " ")));
        Assert.AreEqual("gpuDeviceId", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Simple("a", "y", device: -1)).ParamName);
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles"], ["y"])));
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles"], ["y"], ["a"])));
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles", "Sparse"], ["y"], ["a", "c"])));
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles", "Sparse"], ["nope"])));
        Assert.AreEqual("names", ParameterOf(() => OnnxGraph.Load(_file).WithOutputs("nope")));

        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Int64, 4));
        Assert.AreEqual("tensorName", ParameterOf(() => Simple("Singles", "y")));
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, 4));
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles"], ["y"], batchSize: 8)));
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, 1 << 30));
        Assert.AreEqual("tensorName", ParameterOf(() => Simple("Singles", "y")));
        Assert.AreEqual("options", ParameterOf(() => Full(["Singles"], ["y"])));

        OnnxFeatureEstimator Simple(string column, string tensor, int? device = null) =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, tensor, device);

        OnnxFeatureEstimator Full(string[] columns, string[] tensors, string[]? inputs = null, int? batchSize = null) =>
            _mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
            {
                ModelFile = _file,
                InputColumnNames = columns,
                InputTensorNames = inputs,
                TensorNames = tensors,
                BatchSize = batchSize,
            });

        static string? ParameterOf(Func<object> act) => Assert.ThrowsExactly<ArgumentException>(act).ParamName;
    }

    [TestMethod]
    public void Options_are_checked_one_by_one()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxFeatureOptions { ModelFile = "", InputColumnNames = ["x"], TensorNames = ["y"] });
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = [], TensorNames = ["y"] });
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = [" "] });
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y", "y"] });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], BatchSize = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], IntraOpNumThreads = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], InterOpNumThreads = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], IntraOpNumThreads = 1025 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], InterOpNumThreads = 1025 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], GpuDeviceId = -1 });
        var uneven = new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], OutputColumnNames = ["a", "b"] };
        Assert.Contains("2 output columns (a, b) for 1 tensors (y)", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(uneven)).Message);
    }

    [TestMethod]
    public void Network_is_given_once_as_a_file_or_as_a_graph()
    {
        OnnxGraph graph = TinyNetwork.Load(TinyNetwork.Difference());

        Assert.Contains("There is no network: set either ModelFile", Refusal(new OnnxFeatureOptions { InputColumnNames = ["x"], TensorNames = ["y"] }));
        Assert.Contains("There are two networks: set either ModelFile", Refusal(new OnnxFeatureOptions { ModelFile = "f", Graph = graph, InputColumnNames = ["x"], TensorNames = ["y"] }));

        string Refusal(OnnxFeatureOptions options)
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(options));
            Assert.AreEqual("options", error.ParamName);
            return error.Message;
        }
    }

    [TestMethod]
    public void Null_is_refused_by_its_name()
    {
        var options = new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"] };

        Assert.AreEqual("mlContext", Assert.ThrowsExactly<ArgumentNullException>(() => new OnnxFeatureEstimator(null!, options)).ParamName);
        Assert.AreEqual("options", Assert.ThrowsExactly<ArgumentNullException>(() => new OnnxFeatureEstimator(_mlContext, null!)).ParamName);
        Assert.AreEqual("catalog", Assert.ThrowsExactly<ArgumentNullException>(() => OnnxFeatureCatalog.ExtractOnnxFeatures(null!, options)).ParamName);
        Assert.AreEqual("options", Assert.ThrowsExactly<ArgumentNullException>(() => _mlContext.Transforms.ExtractOnnxFeatures(null!)).ParamName);
    }

    private void Save(ModelProto model) => File.WriteAllBytes(_file, model.ToByteArray());

    private IDataView Data(TypedRow[] rows) => _mlContext.Data.LoadFromEnumerable(rows);
}
