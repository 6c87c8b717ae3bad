using System.Collections.Concurrent;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>What cursors hand on while the sample network runs in batches.</summary>
[TestClass]
public sealed class OnnxFeatureCursorTests
{
    private const int Count = 70;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly SampleRow[] _rows = SampleRow.Create(Count);

    [TestMethod]
    public void Rows_keep_their_order_ids_and_other_columns()
    {
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(batchSize: 7));
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
    public void Another_number_of_threads_gives_the_same_from_a_session_of_its_own()
    {
        using OnnxFeatureTransformer model = Fit(SampleRow.Options());
        using OnnxFeatureTransformer alone = model.WithIntraOpNumThreads(1);

        IDataView expected = model.Transform(Data()), given = alone.Transform(Data());

        Assert.AreEqual((null, 1), (model.IntraOpNumThreads, alone.IntraOpNumThreads));
        Assert.AreNotSame(model.Session, alone.Session);
        Assert.AreEqual(expected.Schema.Count, given.Schema.Count);
        string column = model.OutputColumnNames[0];
        foreach ((float[] wanted, float[] values) in expected.GetColumn<float[]>(column).Zip(given.GetColumn<float[]>(column)))
        {
            for (int i = 0; i < wanted.Length; i++)
            {
                Assert.AreEqual(wanted[i], values[i], 1e-4f);
            }
        }

        model.Dispose();
        Assert.IsFalse(model.Session.IsOpen);
        Assert.IsTrue(alone.Session.IsOpen);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => alone.WithIntraOpNumThreads(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => alone.WithIntraOpNumThreads(1025));
    }

    [TestMethod]
    public void Upstream_is_evaluated_once_and_a_block_at_a_time()
    {
        int evaluations = 0;
        var counted = new CountedRows<SampleRow>(_rows);
        IDataView rows = _mlContext.Data.LoadFromEnumerable(counted);
        IDataView data = _mlContext.Transforms.CustomMapping<Pixels, Pixels>(
            (source, target) =>
            {
                Interlocked.Increment(ref evaluations);
                target.Values = source.Values;
            },
            contractName: null).Fit(rows).Transform(rows);
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(tensors: [SampleRow.Tensor, "logits"], outputs: ["Features", "Logits"], batchSize: 10));

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
        using OnnxFeatureTransformer model = Fit(SampleRow.Options());

        Assert.AreEqual(Count, model.Transform(columns).GetColumn<int>("Number").Count());

        Assert.DoesNotContain("Pixels", columns.Requests.SelectMany(names => names).ToArray());
    }

    [TestMethod]
    public void Parallel_cursors_give_every_row_its_own_features()
    {
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(batchSize: 8));
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
                    FeatureAssert.Close(expected[n], [.. value.DenseValues()], relative: 1e-6);
                    Interlocked.Increment(ref rows[n]);
                }
            }
        });

        Assert.IsTrue(rows.All(count => count == 1));
    }

    [TestMethod]
    public void Images_are_handed_on_alive_made_once_and_disposed_by_who_made_them()
    {
        var made = new ConcurrentBag<MLImage>();
        IDataView data = _mlContext.Transforms.CustomMapping<SampleRow, Painted>(
            (source, target) =>
            {
                target.Image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [(byte)source.Number, 0, 0, 255]);
                made.Add(target.Image);
            },
            contractName: null).Fit(Data()).Transform(Data());
        using OnnxFeatureTransformer model = Fit(SampleRow.Options(batchSize: 8));
        IDataView scored = model.Transform(data);
        float[][] expected = [.. scored.GetColumn<float[]>("Features")];
        Assert.IsEmpty(made);

        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Image"], scored.Schema["Features"]]))
        {
            ValueGetter<MLImage> image = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
            ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
            MLImage current = null!;
            VBuffer<float> value = default;
            for (int i = 0; i < Count; i++)
            {
                Assert.IsTrue(cursor.MoveNext());
                image(ref current);
                features(ref value);
                Assert.AreEqual(i, current.Pixels[0]);
                FeatureAssert.Close(expected[i], [.. value.DenseValues()], relative: 1e-6);
            }

            Assert.IsFalse(cursor.MoveNext());
        }

        // The stage neither copies images nor disposes those that it hands on: they are their receiver's.
        Assert.HasCount(Count, made);
        foreach (MLImage each in made)
        {
            Assert.AreEqual(1, each.Width);
            each.Dispose();
        }
    }

    [TestMethod]
    public void Schema_promises_what_is_delivered()
    {
        OnnxFeatureEstimator estimator = _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(tensors: [SampleRow.Tensor, "logits"], outputs: ["Pixels", "Logits"]));
        SchemaShape promised = estimator.GetOutputSchema(MLNetInternals.ShapeOf(Data().Schema));

        using OnnxFeatureTransformer model = estimator.Fit(Data());
        DataViewSchema delivered = model.Transform(Data()).Schema;

        CollectionAssert.AreEquivalent(Describe(promised), Describe(MLNetInternals.ShapeOf(delivered)));
        Assert.AreEqual(delivered.ToString(), model.GetOutputSchema(Data().Schema).ToString());
        CollectionAssert.AreEqual(new[] { "Pixels", "Logits" }, model.OutputColumnNames.ToArray());
        CollectionAssert.AreEqual(new[] { SampleRow.Tensor, "logits" }, model.TensorNames.ToArray());
        CollectionAssert.AreEqual(new[] { "Pixels" }, model.InputColumnNames.ToArray());
        Assert.AreEqual(64, model.BatchSize);

        static string[] Describe(SchemaShape shape) => [.. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}")];
    }

    private IDataView Data() => SampleRow.Data(_mlContext, _rows);

    private OnnxFeatureTransformer Fit(OnnxFeatureOptions options) => _mlContext.Transforms.ExtractOnnxFeatures(options).Fit(Data());

    private sealed class Painted
    {
        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    private sealed class Pixels
    {
        [VectorType(SampleRow.Size), ColumnName("Pixels")]
        public float[] Values { get; set; } = [];
    }
}
