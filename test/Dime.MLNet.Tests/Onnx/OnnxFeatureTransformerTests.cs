using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>The stage on the sample network, against ML.NET's own stage and against ONNX Runtime itself.</summary>
[TestClass]
public sealed class OnnxFeatureTransformerTests
{
    private const int Size = 3 * 32 * 32;
    private const int Count = 70;
    private const string Tensor = "/l2/l2.1/Relu_1_output_0";
    private const string Deeper = "/l3/l3.1/Relu_1_output_0";

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<Row> _rows = [.. Enumerable.Range(0, Count).Select(i => new Row { Number = i, Name = $"row {i}", Pixels = Inference.Pixels(Size, seed: i) })];

    [TestMethod]
    public void Values_are_those_of_MLNets_own_stage_and_pooling()
    {
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(Tensor).Save(network);
        float[][] expected;
        try
        {
            using TransformerChain<GlobalAveragePoolingTransformer> model = _mlContext.Transforms.CopyColumns("image", "Pixels")
                .Append(_mlContext.Transforms.ApplyOnnxModel([Tensor], ["image"], network))
                .Append(_mlContext.Transforms.GlobalAveragePool("Features", Tensor))
                .Fit(Data());
            expected = [.. model.Transform(Data()).GetColumn<float[]>("Features")];
        }
        finally
        {
            File.Delete(network);
        }

        float[][] actual = Column(Options(), "Features");

        Assert.HasCount(Count, actual);
        for (int i = 0; i < Count; i++)
        {
            AssertClose(expected[i], actual[i], relative: 1e-5);
        }
    }

    [TestMethod]
    public void Logits_are_the_bits_of_ONNX_Runtime_in_the_same_batches()
    {
        using OnnxFeatureTransformer model = Fit(Options(tensors: ["logits", Tensor], outputs: ["Logits", "Features"], batchSize: 16));
        float[][] actual = [.. model.Transform(Data()).GetColumn<float[]>("Logits")];
        byte[] network = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(Tensor).ToBytes();

        foreach ((Row[] batch, int first) in _rows.Chunk(16).Select((batch, i) => (batch, 16 * i)))
        {
            float[] expected = Inference.Run(network, "image", [.. batch.SelectMany(row => row.Pixels)], [batch.Length, 3, 32, 32], "logits");
            CollectionAssert.AreEqual(expected, actual.Skip(first).Take(batch.Length).SelectMany(row => row).ToArray());
        }
    }

    [TestMethod]
    public void Several_tensors_are_those_of_one_stage_each()
    {
        using OnnxFeatureTransformer model = Fit(Options(tensors: [Deeper, "logits", Tensor], outputs: ["Deeper", "Logits", "Features"]));
        IDataView scored = model.Transform(Data());

        foreach ((string tensor, string column) in new[] { (Tensor, "Features"), (Deeper, "Deeper"), ("logits", "Logits") })
        {
            float[][] alone = Column(Options(tensors: [tensor], outputs: [column]), column);
            AssertClose([.. alone.SelectMany(row => row)], [.. scored.GetColumn<float[]>(column).SelectMany(row => row)], relative: 1e-6);
        }
    }

    [TestMethod]
    public void Size_of_the_batch_does_not_change_the_values()
    {
        string[] tensors = [Tensor, "logits"];
        foreach (string column in tensors)
        {
            float[] expected = Values(batchSize: 64);
            AssertClose(expected, Values(batchSize: 1), relative: 1e-6);
            AssertClose(expected, Values(batchSize: 7), relative: 1e-6);
            AssertClose(expected, Values(batchSize: null), relative: 1e-6);

            float[] Values(int? batchSize) => [.. Column(Options(tensors, outputs: tensors, batchSize), column).SelectMany(row => row)];
        }
    }

    [TestMethod]
    public void Feature_map_is_kept_where_pooling_is_turned_off()
    {
        var options = new OnnxFeatureOptions
        {
            ModelFile = ProjectFiles.SampleNetwork,
            InputColumnNames = ["Pixels"],
            TensorNames = [Tensor],
            PoolFeatureMaps = false,
        };
        using OnnxFeatureTransformer model = Fit(options);

        IDataView scored = model.Transform(Data());

        CollectionAssert.AreEqual(new[] { 32, 16, 16 }, ((VectorDataViewType)scored.Schema[Tensor].Type).Dimensions.ToArray());
        byte[] network = OnnxGraph.Load(ProjectFiles.SampleNetwork).WithOutputs(Tensor).ToBytes();
        float[] expected = Inference.Run(network, "image", _rows[5].Pixels, [1, 3, 32, 32], Tensor);
        AssertClose(expected, scored.GetColumn<float[]>(Tensor).ElementAt(5), relative: 1e-6);
    }

    [TestMethod]
    public void Rows_keep_their_order_ids_and_other_columns()
    {
        using OnnxFeatureTransformer model = Fit(Options(batchSize: 7));
        IDataView data = Data(), scored = model.Transform(data);

        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema), source = data.GetRowCursor([]);
        ValueGetter<int> number = cursor.GetGetter<int>(scored.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> name = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Name"]);
        ValueGetter<VBuffer<float>> pixels = cursor.GetGetter<VBuffer<float>>(scored.Schema["Pixels"]);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter(), sourceId = source.GetIdGetter();
        for (int i = 0; i < Count; i++)
        {
            Assert.IsTrue(cursor.MoveNext() && source.MoveNext());
            int n = 0;
            ReadOnlyMemory<char> text = default;
            VBuffer<float> vector = default;
            DataViewRowId actual = default, expected = default;
            number(ref n);
            name(ref text);
            pixels(ref vector);
            id(ref actual);
            sourceId(ref expected);
            Assert.AreEqual(i, n);
            Assert.AreEqual($"row {i}", text.ToString());
            CollectionAssert.AreEqual(_rows[i].Pixels, vector.DenseValues().ToArray());
            Assert.AreEqual(expected, actual);
            Assert.AreEqual(i, cursor.Position);
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Upstream_is_evaluated_once_and_a_block_at_a_time()
    {
        int evaluations = 0;
        var counted = new CountedRows<Row>(_rows);
        IDataView rows = _mlContext.Data.LoadFromEnumerable(counted);
        IDataView data = _mlContext.Transforms.CustomMapping<Pixels, Pixels>(
            (source, target) =>
            {
                Interlocked.Increment(ref evaluations);
                target.Values = source.Values;
            },
            contractName: null).Fit(rows).Transform(rows);
        using OnnxFeatureTransformer model = Fit(Options(tensors: [Tensor, "logits"], outputs: ["Features", "Logits"], batchSize: 10));

        Read(model.Transform(data));
        Assert.AreEqual(Count, evaluations);
        Assert.AreEqual(1, counted.Enumerations);

        // Without a stage between that runs ahead.
        int[] handedOut = [.. Read(model.Transform(rows)).Select(total => total - Count)];
        CollectionAssert.AreEqual(Enumerable.Range(0, Count).Select(i => Math.Min(Count, 10 * ((i / 10) + 1))).ToArray(), handedOut);

        List<int> Read(IDataView scored)
        {
            var seen = new List<int>();
            using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"], scored.Schema["Logits"], scored.Schema["Pixels"]]);
            ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
            ValueGetter<VBuffer<float>> logits = cursor.GetGetter<VBuffer<float>>(scored.Schema["Logits"]);
            ValueGetter<VBuffer<float>> pixels = cursor.GetGetter<VBuffer<float>>(scored.Schema["Pixels"]);
            VBuffer<float> value = default;
            while (cursor.MoveNext())
            {
                features(ref value);
                logits(ref value);
                pixels(ref value);
                seen.Add(counted.HandedOut);
            }

            return seen;
        }
    }

    [TestMethod]
    public void Nothing_is_computed_where_no_tensor_is_asked_for()
    {
        var columns = new RecordedColumns(Data());
        using OnnxFeatureTransformer model = Fit(Options());

        Assert.AreEqual(Count, model.Transform(columns).GetColumn<int>("Number").Count());

        Assert.DoesNotContain("Pixels", columns.Requests.SelectMany(names => names).ToArray());
    }

    [TestMethod]
    public void Prediction_engine_gives_the_values_of_the_batches()
    {
        float[][] expected = Column(Options(), "Features");
        using TransformerChain<ITransformer> model = new(Fit(Options()));

        using PredictionEngine<Row, Prediction> engine = _mlContext.Model.CreatePredictionEngine<Row, Prediction>(model);

        for (int i = 0; i < 5; i++)
        {
            AssertClose(expected[i], engine.Predict(_rows[i]).Features, relative: 1e-6);
        }
    }

    [TestMethod]
    public void Parallel_cursors_give_every_row_its_own_features()
    {
        using OnnxFeatureTransformer model = Fit(Options(batchSize: 8));
        IDataView scored = model.Transform(Data());
        float[][] expected = [.. scored.GetColumn<float[]>("Features")];
        DataViewRowCursor[] cursors = scored.GetRowCursorSet([scored.Schema["Number"], scored.Schema["Features"]], 4);
        int[] rows = new int[Count];

        Parallel.ForEach(cursors, cursor =>
        {
            using (cursor)
            {
                ValueGetter<int> number = cursor.GetGetter<int>(scored.Schema["Number"]);
                ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
                int n = 0;
                VBuffer<float> value = default;
                while (cursor.MoveNext())
                {
                    number(ref n);
                    features(ref value);
                    AssertClose(expected[n], [.. value.DenseValues()], relative: 1e-6);
                    Interlocked.Increment(ref rows[n]);
                }
            }
        });

        Assert.IsTrue(rows.All(count => count == 1));
    }

    [TestMethod]
    public void Schema_promises_what_is_delivered()
    {
        OnnxFeatureEstimator estimator = _mlContext.Transforms.ExtractOnnxFeatures(Options(tensors: [Tensor, "logits"], outputs: ["Pixels", "Logits"]));
        SchemaShape promised = estimator.GetOutputSchema(MLNetInternals.ShapeOf(Data().Schema));

        using OnnxFeatureTransformer model = estimator.Fit(Data());
        DataViewSchema delivered = model.Transform(Data()).Schema;

        CollectionAssert.AreEquivalent(Describe(promised), Describe(MLNetInternals.ShapeOf(delivered)));
        Assert.AreEqual(delivered.ToString(), model.GetOutputSchema(Data().Schema).ToString());
        CollectionAssert.AreEqual(new[] { "Pixels", "Logits" }, model.OutputColumnNames.ToArray());
        CollectionAssert.AreEqual(new[] { Tensor, "logits" }, model.TensorNames.ToArray());
        CollectionAssert.AreEqual(new[] { "Pixels" }, model.InputColumnNames.ToArray());
        Assert.AreEqual(64, model.BatchSize);

        static string[] Describe(SchemaShape shape) => [.. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}")];
    }

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
            using (OnnxFeatureTransformer model = Fit(Options(file: network, batchSize: 7)))
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
    public void Disposed_transformer_is_an_error_and_no_crash()
    {
        OnnxFeatureTransformer model = Fit(Options(batchSize: 4));
        IDataView scored = model.Transform(Data());
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"]]);
        Assert.IsTrue(cursor.MoveNext());

        new TransformerChain<OnnxFeatureTransformer>(model).Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() =>
        {
            while (cursor.MoveNext())
            {
            }
        });
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Transform(Data()));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.GetOutputSchema(Data().Schema));
        Assert.ThrowsExactly<ObjectDisposedException>(() => ((ITransformer)model).GetRowToRowMapper(Data().Schema));
        using var stream = new MemoryStream();
        Assert.ThrowsExactly<ObjectDisposedException>(() => _mlContext.Model.Save(model, Data().Schema, stream));
        model.Dispose();
    }

    private static OnnxFeatureOptions Options(string[]? tensors = null, string[]? outputs = null, int? batchSize = null, string? file = null) => new()
    {
        ModelFile = file ?? ProjectFiles.SampleNetwork,
        InputColumnNames = ["Pixels"],
        TensorNames = tensors ?? [Tensor],
        OutputColumnNames = outputs ?? ["Features"],
        BatchSize = batchSize,
    };

    /// <summary>Compares vectors relative to their largest value: small ones are differences of large ones.</summary>
    private static void AssertClose(float[] expected, float[] actual, double relative)
    {
        Assert.HasCount(expected.Length, actual);
        double tolerance = relative * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance, $"value {i}");
        }
    }

    private IDataView Data() => _mlContext.Data.LoadFromEnumerable(_rows);

    private OnnxFeatureTransformer Fit(OnnxFeatureOptions options) => _mlContext.Transforms.ExtractOnnxFeatures(options).Fit(Data());

    private float[][] Column(OnnxFeatureOptions options, string name)
    {
        using OnnxFeatureTransformer model = Fit(options);
        return [.. model.Transform(Data()).GetColumn<float[]>(name)];
    }

    private sealed class Row
    {
        public int Number { get; set; }

        public string Name { get; set; } = "";

        [VectorType(Size)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class Pixels
    {
        [VectorType(Size), ColumnName("Pixels")]
        public float[] Values { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Features { get; set; } = [];
    }
}
