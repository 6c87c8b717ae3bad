using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Onnx;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Mapping;

/// <summary>A cursor that has thrown hands nothing on any more, whoever catches what it threw and asks again.</summary>
[TestClass]
public sealed class FailedCursorTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(3, DisplayName = "in the first block")]
    [DataRow(30, DisplayName = "in a later block")]
    public void Cursor_over_a_row_that_fails_stays_failed(int bad)
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            Embeddings.Create(60).Select((row, i) => new FailingRow(row.Features, fails: i == bad) { Number = i }));
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated)
            .Fit(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(60)));

        AssertStaysFailed(model.Transform(data), "DimeDistance", $"Column 'Features' could not be read at row {bad} (counted from 0): bad row");
    }

    [TestMethod]
    public void Cursor_whose_inference_fails_stays_failed()
    {
        // Gather of an index that is out of range fails when the network runs, here at the third batch.
        ModelProto network = TinyNetwork.Create();
        network.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Int64, null, 1);
        network.Graph.Node.Clear();
        network.Graph.Node.Add(TinyNetwork.Node("Gather", ["b", "x"], "y"));
        network.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, 1);
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.WriteAllBytes(file, network.ToByteArray());
        try
        {
            IDataView data = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new IndexRow { Number = i, Index = i == 9 ? 99 : i % 2 }));
            using OnnxFeatureTransformer transformer = _mlContext.Transforms.ExtractOnnxFeatures(
                new OnnxFeatureOptions { ModelFile = file, InputColumnNames = ["Index"], TensorNames = ["y"], OutputColumnNames = ["Result"], BatchSize = 4 }).Fit(data);

            AssertStaysFailed(transformer.Transform(data), "Result", "ONNX Runtime failed at rows 8 to 11");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void Fit_that_reads_on_after_a_failure_gets_no_rows()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(20).Select((row, i) => new FailingRow(row.Features, fails: i == 7)));
        using var reader = new EmbeddingReader(data, new InputColumns([data.Schema["Features"]]));

        string first = Assert.Throws<InvalidOperationException>(() => reader.MoveNext()).Message;
        Assert.AreEqual(first, Assert.Throws<InvalidOperationException>(() => reader.MoveNext()).Message);

        Assert.Contains("row 7", first);
        Assert.AreEqual(0, reader.Count);
        Assert.AreEqual(0, reader.Rows.Length);
    }

    [TestMethod]
    public void Row_whose_computation_failed_leaves_none_as_computed()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(60));
        ITransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data);
        IRowToRowMapper mapper = model.GetRowToRowMapper(data.Schema);
        var input = new MovableRow(data.Schema, Embeddings.Create(1)[0].Features);
        DataViewSchema.Column distance = mapper.OutputSchema["DimeDistance"];
        using DataViewRow row = mapper.GetRow(input, [distance]);
        Action read = Read<float>(row, distance);
        input.MoveTo(5);
        read();
        read();
        Assert.AreEqual(1, input.Reads);

        input.MoveTo(6);
        input.Fails = true;
        Assert.ThrowsExactly<FormatException>(read);
        Assert.ThrowsExactly<FormatException>(read);
        input.MoveTo(5);
        Assert.ThrowsExactly<FormatException>(read, "What was computed before the failure was handed out after it.");
        input.Fails = false;
        read();

        Assert.AreEqual(5, input.Reads);
    }

    private static void AssertStaysFailed(IDataView scored, string output, string message)
    {
        DataViewSchema.Column number = scored.Schema["Number"], result = scored.Schema[output];
        using DataViewRowCursor cursor = scored.GetRowCursor([number, result]);
        Action[] reads = [Read<int>(cursor, number), ReadResult(), ReadId(), () => _ = cursor.Batch];
        InvalidOperationException first = Assert.Throws<InvalidOperationException>(() =>
        {
            while (cursor.MoveNext())
            {
                Array.ForEach(reads, read => read());
            }
        });

        Assert.Contains(message, first.Message);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(-1, cursor.Position);
            foreach (Action read in reads)
            {
                Assert.AreSame(first, Assert.Throws<InvalidOperationException>(read));
            }

            Assert.AreSame(first, Assert.Throws<InvalidOperationException>(() => cursor.MoveNext()));
        }

        Action ReadResult() => result.Type is VectorDataViewType ? Read<VBuffer<float>>(cursor, result) : Read<float>(cursor, result);

        Action ReadId()
        {
            ValueGetter<DataViewRowId> getter = cursor.GetIdGetter();
            DataViewRowId id = default;
            return () => getter(ref id);
        }
    }

    private static Action Read<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () => getter(ref value);
    }

    private sealed class FailingRow(float[] features, bool fails)
    {
        public int Number { get; set; }

        [VectorType(Embeddings.Dimension)]
        public float[] Features { get => fails ? throw new FormatException("bad row") : features; set => throw new NotSupportedException(); }
    }

    private sealed class IndexRow
    {
        public int Number { get; set; }

        public long Index { get; set; }
    }

    /// <summary>A row of embeddings that is at whatever position a test says.</summary>
    private sealed class MovableRow(DataViewSchema schema, float[] features) : DataViewRow
    {
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => schema;

        public bool Fails { get; set; }

        public int Reads { get; private set; }

        public void MoveTo(long position) => _position = position;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(Delegate)(ValueGetter<VBuffer<float>>)Read;

        public override ValueGetter<DataViewRowId> GetIdGetter() => throw new NotSupportedException();

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        private void Read(ref VBuffer<float> value)
        {
            Reads++;
            value = Fails ? throw new FormatException("bad row") : new VBuffer<float>(features.Length, features);
        }
    }
}
