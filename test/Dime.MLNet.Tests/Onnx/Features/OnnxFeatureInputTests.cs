using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>What tiny networks take: element types, several inputs, fixed batches.</summary>
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
        Save(TinyNetwork.Cast(elementType, TensorElementType.Float, null));

        float[][] actual = Run(TypedRow.Create(20), column, "y");

        for (int i = 0; i < 20; i++)
        {
            CollectionAssert.AreEqual(new float[] { i, i + 1, 100 }, actual[i]);
        }
    }

    [TestMethod]
    public void Input_of_truth_values_is_fed_from_Booleans()
    {
        Save(TinyNetwork.Cast(TensorElementType.Bool, TensorElementType.Float, null));

        CollectionAssert.AreEqual(new float[] { 1, 0, 0 }, Run(TypedRow.Create(3), "Booleans", "y")[1]);
    }

    [TestMethod]
    [DataRow(TensorElementType.Float16)]
    [DataRow(TensorElementType.Double)]
    public void Tensor_of_another_precision_is_converted(TensorElementType elementType)
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, elementType, null));

        CollectionAssert.AreEqual(new float[] { 4, 5, 100 }, Run(TypedRow.Create(9), "Singles", "y")[4]);
    }

    [TestMethod]
    public void Sparse_rows_and_scalars_are_read()
    {
        ModelProto model = TinyNetwork.Cast(TensorElementType.Int64, TensorElementType.Float, null);
        model.Graph.Input[0] = TinyNetwork.Value("x", (int)TensorElementType.Int64, null, 1);
        model.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 1);
        Save(model);
        CollectionAssert.AreEqual(new float[] { 0, 7, 14 }, Run(TypedRow.Create(3), "Scalar", "y").Select(row => row.Single()).ToArray());

        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, null));
        CollectionAssert.AreEqual(new float[] { 0, 2, 0 }, Run(TypedRow.Create(3), "Sparse", "y")[2]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(20)]
    public void Fixed_batch_is_padded_and_cut(int batch)
    {
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, batch));

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
        Save(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float, 4));
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", "Singles", _file, "y").Fit(Data(TypedRow.Create(1)));
        using PredictionEngine<TypedRow, TypedRow.Prediction> engine = _mlContext.Model.CreatePredictionEngine<TypedRow, TypedRow.Prediction>(model);

        CollectionAssert.AreEqual(new float[] { 3, 4, 100 }, engine.Predict(TypedRow.Create(5)[3]).Result);
        CollectionAssert.AreEqual(new float[] { 4, 5, 100 }, engine.Predict(TypedRow.Create(5)[4]).Result);
    }

    [TestMethod]
    public void Several_inputs_are_fed_by_order_or_by_name()
    {
        Save(TinyNetwork.Difference());

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

    private void Save(ModelProto model) => File.WriteAllBytes(_file, model.ToByteArray());

    private IDataView Data(TypedRow[] rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private float[][] Run(TypedRow[] rows, string column, string tensor)
    {
        IDataView data = Data(rows);
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures("Result", column, _file, tensor).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Result")];
    }
}
