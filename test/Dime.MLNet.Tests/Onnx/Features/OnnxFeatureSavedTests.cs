using System.Diagnostics;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>The stage in the zip of its pipeline.</summary>
[TestClass]
public sealed class OnnxFeatureSavedTests
{
    private const int Count = 70;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly SampleRow[] _rows = SampleRow.Create(Count);

    [TestMethod]
    public void Saved_part_of_the_network_gives_the_same_without_the_file()
    {
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.Copy(ProjectFiles.SampleNetwork, network);
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("dime-");
        var mlContext = new MLContext { TempFilePath = temporary.FullName };
        try
        {
            ModelZip zip;
            float[][] expected;
            using (OnnxFeatureTransformer model = Fit(SampleRow.Options(file: network, batchSize: 7)))
            {
                expected = [.. model.Transform(Data()).GetColumn<float[]>("Features")];
                zip = ModelZip.Save(_mlContext, model, Data().Schema);
            }

            File.Delete(network);
            using var stream = new MemoryStream(zip.Bytes);
            var loaded = (OnnxFeatureTransformer)mlContext.Model.Load(stream, out _);
            using (loaded)
            {
                Assert.AreEqual(7, loaded.BatchSize);
                float[][] actual = [.. loaded.Transform(Data()).GetColumn<float[]>("Features")];
                CollectionAssert.AreEqual(expected.SelectMany(row => row).ToArray(), actual.SelectMany(row => row).ToArray());
                Assert.IsEmpty(temporary.GetFileSystemInfos());
            }

            Assert.IsLessThan(new FileInfo(ProjectFiles.SampleNetwork).Length / 5, zip.Bytes.Length);
        }
        finally
        {
            File.Delete(network);
            temporary.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Several_inputs_and_tensors_are_saved_with_their_columns()
    {
        ModelProto network = TinyNetwork.Difference();
        network.Graph.Node.Add(TinyNetwork.Node("Neg", ["y"], "z"));
        network.Graph.Output.Add(TinyNetwork.Value("z", TinyNetwork.Float, null, 3));
        IDataView data = _mlContext.Data.LoadFromEnumerable(TypedRow.Create(20));

        using OnnxFeatureTransformer loaded = SaveAndLoad(network, data.Schema, file => new OnnxFeatureOptions
        {
            ModelFile = file,
            InputColumnNames = ["Sparse", "Singles"],
            InputTensorNames = ["b", "a"],
            TensorNames = ["z", "y"],
            OutputColumnNames = ["Negated", "Result"],
        });
        IDataView scored = loaded.Transform(data);

        float[][] expected = [.. TypedRow.Create(20).Select(row => row.Singles.Zip(row.Sparse.DenseValues(), (a, b) => a - b).ToArray())];
        float[][] negated = [.. scored.GetColumn<float[]>("Negated")];
        float[][] actual = [.. scored.GetColumn<float[]>("Result")];
        Assert.AreEqual("Sparse Singles", string.Join(" ", loaded.InputColumnNames));
        Assert.AreEqual("z y", string.Join(" ", loaded.TensorNames));
        for (int i = 0; i < 20; i++)
        {
            CollectionAssert.AreEqual(expected[i], actual[i]);
            CollectionAssert.AreEqual(expected[i].Select(value => -value).ToArray(), negated[i]);
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Threads_are_saved_and_started(bool intraOp)
    {
        const int Threads = 96;
        IDataView data = _mlContext.Data.LoadFromEnumerable(TypedRow.Create(2));
        using OnnxFeatureTransformer loaded = SaveAndLoad(TinyNetwork.Difference(), data.Schema, file => new OnnxFeatureOptions
        {
            ModelFile = file,
            InputColumnNames = ["Singles", "Sparse"],
            TensorNames = ["y"],
            IntraOpNumThreads = intraOp ? Threads : 1,
            InterOpNumThreads = intraOp ? null : Threads,
        });
        int before = Count();

        Assert.HasCount(2, loaded.Transform(data).GetColumn<float[]>("y").ToArray());

        // Other tests start and end threads meanwhile, but not that many.
        Assert.IsGreaterThan(before + (Threads / 2), Count());

        static int Count()
        {
            using var process = Process.GetCurrentProcess();
            return process.Threads.Count;
        }
    }

    [TestMethod]
    public void Graph_from_memory_computes_and_is_saved_without_any_file()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(TypedRow.Create(20));
        var options = new OnnxFeatureOptions
        {
            Graph = TinyNetwork.Load(TinyNetwork.Difference()),
            InputColumnNames = ["Singles", "Sparse"],
            TensorNames = ["y"],
            OutputColumnNames = ["Result"],
        };
        float[] expected = [.. TypedRow.Create(20).SelectMany(row => row.Singles.Zip(row.Sparse.DenseValues(), (a, b) => a - b))];

        using OnnxFeatureTransformer model = new OnnxFeatureEstimator(_mlContext, options).Fit(data);
        using var stream = new MemoryStream(ModelZip.Save(_mlContext, model, data.Schema).Bytes);
        using var loaded = (OnnxFeatureTransformer)new MLContext().Model.Load(stream, out _);

        CollectionAssert.AreEqual(expected, model.Transform(data).GetColumn<float[]>("Result").SelectMany(row => row).ToArray());
        CollectionAssert.AreEqual(expected, loaded.Transform(data).GetColumn<float[]>("Result").SelectMany(row => row).ToArray());
    }

    private OnnxFeatureTransformer SaveAndLoad(ModelProto network, DataViewSchema schema, Func<string, OnnxFeatureOptions> options)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.WriteAllBytes(file, network.ToByteArray());
        try
        {
            using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(options(file)).Fit(_mlContext.Data.LoadFromEnumerable(TypedRow.Create(1)));
            using var stream = new MemoryStream(ModelZip.Save(_mlContext, model, schema).Bytes);
            return (OnnxFeatureTransformer)new MLContext().Model.Load(stream, out _);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private IDataView Data() => SampleRow.Data(_mlContext, _rows);

    private OnnxFeatureTransformer Fit(OnnxFeatureOptions options) => _mlContext.Transforms.ExtractOnnxFeatures(options).Fit(Data());
}
