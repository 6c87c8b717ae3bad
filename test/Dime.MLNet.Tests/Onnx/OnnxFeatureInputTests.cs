using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>What tiny networks take: element types, several inputs, fixed batches; and what they turn away.</summary>
[TestClass]
public sealed class OnnxFeatureInputTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");

    [TestCleanup]
    public void DeleteFile() => File.Delete(_file);

    [TestMethod]
    [DataRow(TensorElementType.Float, "Singles")]
    [DataRow(TensorElementType.Float16, "Singles")]
    [DataRow(TensorElementType.Double, "Doubles")]
    [DataRow(TensorElementType.Int8, "SBytes")]
    [DataRow(TensorElementType.Int16, "Int16s")]
    [DataRow(TensorElementType.Int32, "Int32s")]
    [DataRow(TensorElementType.Int64, "Int64s")]
    [DataRow(TensorElementType.UInt8, "Bytes")]
    [DataRow(TensorElementType.UInt16, "UInt16s")]
    [DataRow(TensorElementType.UInt32, "UInt32s")]
    [DataRow(TensorElementType.UInt64, "UInt64s")]
    public void Input_of_every_type_is_fed_from_the_column_of_its_type(TensorElementType elementType, string column)
    {
        Save(Cast(elementType, TensorElementType.Float, null));

        float[][] actual = Run(TypedRow.Create(20), column, "y");

        for (int i = 0; i < 20; i++)
        {
            CollectionAssert.AreEqual(new float[] { i, i + 1, 100 }, actual[i]);
        }
    }

    [TestMethod]
    public void Input_of_truth_values_is_fed_from_Booleans()
    {
        Save(Cast(TensorElementType.Bool, TensorElementType.Float, null));

        CollectionAssert.AreEqual(new float[] { 1, 0, 0 }, Run(TypedRow.Create(3), "Booleans", "y")[1]);
    }

    [TestMethod]
    [DataRow(TensorElementType.Float16)]
    [DataRow(TensorElementType.Double)]
    public void Tensor_of_another_precision_is_converted(TensorElementType elementType)
    {
        Save(Cast(TensorElementType.Float, elementType, null));

        CollectionAssert.AreEqual(new float[] { 4, 5, 100 }, Run(TypedRow.Create(9), "Singles", "y")[4]);
    }

    [TestMethod]
    public void Sparse_rows_and_scalars_are_read()
    {
        var model = Cast(TensorElementType.Int64, TensorElementType.Float, null);
        model.Graph.Input[0] = TinyNetwork.Value("x", (int)TensorElementType.Int64, null, 1);
        model.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 1);
        Save(model);
        CollectionAssert.AreEqual(new float[] { 0, 7, 14 }, Run(TypedRow.Create(3), "Scalar", "y").Select(row => row.Single()).ToArray());

        Save(Cast(TensorElementType.Float, TensorElementType.Float, null));
        CollectionAssert.AreEqual(new float[] { 0, 2, 0 }, Run(TypedRow.Create(3), "Sparse", "y")[2]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(20)]
    public void Fixed_batch_is_padded_and_cut(int batch)
    {
        Save(Cast(TensorElementType.Float, TensorElementType.Float, batch));

        float[][] actual = Run(TypedRow.Create(11), "Singles", "y");

        Assert.HasCount(11, actual);
        for (int i = 0; i < 11; i++)
        {
            CollectionAssert.AreEqual(new float[] { i, i + 1, 100 }, actual[i]);
        }
    }

    [TestMethod]
    public void Fixed_batch_is_padded_for_a_single_row_too()
    {
        Save(Cast(TensorElementType.Float, TensorElementType.Float, 4));
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y").Fit(Data(TypedRow.Create(1)));
        using PredictionEngine<TypedRow, Prediction> engine = _mlContext.Model.CreatePredictionEngine<TypedRow, Prediction>(model);

        CollectionAssert.AreEqual(new float[] { 3, 4, 100 }, engine.Predict(TypedRow.Create(5)[3]).Result);
        CollectionAssert.AreEqual(new float[] { 4, 5, 100 }, engine.Predict(TypedRow.Create(5)[4]).Result);
    }

    [TestMethod]
    public void Other_batch_size_than_the_networks_own_is_refused()
    {
        Save(Cast(TensorElementType.Float, TensorElementType.Float, 4));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(
            new OnnxFeatureOptions { ModelFile = _file, InputColumnNames = ["Singles"], TensorNames = ["y"], BatchSize = 8 }));

        Assert.Contains("takes 4 rows at a time, not 8", error.Message);
    }

    [TestMethod]
    public void Several_inputs_are_fed_by_order_or_by_name()
    {
        Save(Difference());

        float[] byOrder = Last(["Singles", "Sparse"], null);
        float[] byName = Last(["Sparse", "Singles"], ["b", "a"]);

        CollectionAssert.AreEqual(new float[] { 2, 1, 100 }, byOrder);
        CollectionAssert.AreEqual(byOrder, byName);

        float[] Last(string[] columns, string[]? tensors)
        {
            IDataView data = Data(TypedRow.Create(3));
            using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(
                new OnnxFeatureOptions { ModelFile = _file, InputColumnNames = columns, InputTensorNames = tensors, TensorNames = ["y"] }).Fit(data);
            return model.Transform(data).GetColumn<float[]>("y").Last();
        }
    }

    [TestMethod]
    public void Columns_that_do_not_match_the_inputs_are_refused()
    {
        Save(Difference());

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
        Save(Cast(TensorElementType.Float, TensorElementType.Float, null));

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
        Save(Cast(TensorElementType.Float, TensorElementType.Float, null));
        SchemaShape shape = MLNetInternals.ShapeOf(Data(TypedRow.Create(1)).Schema);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, "y").GetOutputSchema(shape));

        Assert.Contains(reason, error.Message);
    }

    [TestMethod]
    public void Tensor_that_is_no_feature_is_refused()
    {
        var model = TinyNetwork.Create();
        model.Graph.Node.Add(TinyNetwork.Node("Shape", ["hidden"], "size"));
        Save(model);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures("Result", "x", _file, "size"));

        Assert.Contains("a tensor of Int64", error.Message);
    }

    [TestMethod]
    public void Failed_inference_tells_rows_and_columns()
    {
        // Gather of an index that is out of range fails when the network runs.
        var model = TinyNetwork.Create();
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
        var model = Cast(TensorElementType.Float, TensorElementType.Float, null);
        model.Graph.Node[0].OpType = "NoSuchOperator";
        Save(model);

        Assert.ThrowsExactly<InvalidDataException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y").Fit(Data(TypedRow.Create(1))));
    }

    [TestMethod]
    public void Missing_GPU_is_an_error_unless_the_CPU_may_stand_in()
    {
        Save(Cast(TensorElementType.Float, TensorElementType.Float, null));
        IDataView data = Data(TypedRow.Create(2));

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y", gpuDeviceId: 0).Fit(data));
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y", gpuDeviceId: 0, fallbackToCpu: true).Fit(data);

        Assert.Contains("GPU 0", error.Message);
        Assert.HasCount(2, model.Transform(data).GetColumn<float[]>("Result").ToArray());
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
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], GpuDeviceId = -1 });
        var uneven = new OnnxFeatureOptions { ModelFile = "f", InputColumnNames = ["x"], TensorNames = ["y"], OutputColumnNames = ["a", "b"] };
        Assert.Contains("2 output columns (a, b) for 1 tensors (y)", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.ExtractOnnxFeatures(uneven)).Message);
    }

    [TestMethod]
    public void Threads_are_taken_from_the_options()
    {
        Save(Cast(TensorElementType.Float, TensorElementType.Float, null));
        IDataView data = Data(TypedRow.Create(2));

        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            ModelFile = _file,
            InputColumnNames = ["Singles"],
            TensorNames = ["y"],
            IntraOpNumThreads = 1,
            InterOpNumThreads = 2,
        }).Fit(data);

        Assert.HasCount(2, model.Transform(data).GetColumn<float[]>("y").ToArray());
    }

    // x → Cast → y, three values a row.
    private static ModelProto Cast(TensorElementType from, TensorElementType to, int? batch)
    {
        var model = TinyNetwork.Create();
        var cast = TinyNetwork.Node("Cast", ["x"], "y");
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)to });
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.Node.Add(cast);
        model.Graph.Input[0] = TinyNetwork.Value("x", (int)from, batch, 3);
        model.Graph.Output[0] = TinyNetwork.Value("y", (int)to, batch, 3);
        return model;
    }

    private static ModelProto Difference()
    {
        var model = TinyNetwork.Create();
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.Node.Add(TinyNetwork.Node("Sub", ["a", "b"], "y"));
        model.Graph.Input[0] = TinyNetwork.Value("a", TinyNetwork.Float, null, 3);
        model.Graph.Input.Add(TinyNetwork.Value("b", TinyNetwork.Float, null, 3));
        model.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 3);
        return model;
    }

    private void Save(ModelProto model) => File.WriteAllBytes(_file, model.ToByteArray());

    private IDataView Data(TypedRow[] rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private float[][] Run(TypedRow[] rows, string column, string tensor)
    {
        IDataView data = Data(rows);
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, tensor).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Result")];
    }

    private sealed class TypedRow
    {
        public float Number { get; set; }

        public long Scalar { get; set; }

        [VectorType(3)]
        public float[] Singles { get; set; } = [];

        [VectorType(3)]
        public double[] Doubles { get; set; } = [];

        [VectorType(3)]
        public sbyte[] SBytes { get; set; } = [];

        [VectorType(3)]
        public short[] Int16s { get; set; } = [];

        [VectorType(3)]
        public int[] Int32s { get; set; } = [];

        [VectorType(3)]
        public long[] Int64s { get; set; } = [];

        [VectorType(3)]
        public byte[] Bytes { get; set; } = [];

        [VectorType(3)]
        public ushort[] UInt16s { get; set; } = [];

        [VectorType(3)]
        public uint[] UInt32s { get; set; } = [];

        [VectorType(3)]
        public ulong[] UInt64s { get; set; } = [];

        [VectorType(3)]
        public bool[] Booleans { get; set; } = [];

        [VectorType(3)]
        public VBuffer<float> Sparse { get; set; }

        [VectorType(4)]
        public float[] Long { get; set; } = [];

        public float[] Ragged { get; set; } = [];

        public static TypedRow[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => new TypedRow
        {
            Number = i,
            Scalar = 7 * i,
            Singles = [i, i + 1, 100],
            Doubles = [i, i + 1, 100],
            SBytes = [(sbyte)i, (sbyte)(i + 1), 100],
            Int16s = [(short)i, (short)(i + 1), 100],
            Int32s = [i, i + 1, 100],
            Int64s = [i, i + 1, 100],
            Bytes = [(byte)i, (byte)(i + 1), 100],
            UInt16s = [(ushort)i, (ushort)(i + 1), 100],
            UInt32s = [(uint)i, (uint)(i + 1), 100],
            UInt64s = [(ulong)i, (ulong)(i + 1), 100],
            Booleans = [i == 1, i == 2, i == 3],
            Sparse = new VBuffer<float>(3, 1, [i], [1]),
            Long = [1, 2, 3, 4],
            Ragged = [1, 2, 3],
        })];
    }

    private sealed class Prediction
    {
        public float[] Result { get; set; } = [];
    }
}
