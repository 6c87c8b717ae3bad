using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Mapping;

/// <summary>What cursors hand on while rows are scored in blocks; 2 500 rows are several blocks of any size.</summary>
[TestClass]
public sealed class BlockMappingTests
{
    private const int Count = 2500;

    private readonly MLContext _mlContext = new(seed: 1);
    private int _evaluations;

    [TestMethod]
    public void Columns_of_every_kind_are_handed_on_with_their_own_row()
    {
        IDataView scored = Scored(Rows());
        uint[] expected = Embeddings.BitsOf(scored);

        List<MixedRow> rows = [.. _mlContext.Data.CreateEnumerable<MixedRow>(scored, reuseRowObject: false)];

        Assert.HasCount(Count, rows);
        for (int i = 0; i < Count; i++)
        {
            MixedRow source = Row(i);
            Assert.AreEqual(source.Number, rows[i].Number);
            Assert.AreEqual(source.Text, rows[i].Text);
            Assert.AreEqual(source.Time, rows[i].Time);
            CollectionAssert.AreEqual(source.Features, rows[i].Features);
            CollectionAssert.AreEqual(source.Words, rows[i].Words);
            CollectionAssert.AreEqual(source.Ragged, rows[i].Ragged);
            Assert.AreEqual(expected[i], BitConverter.SingleToUInt32Bits(rows[i].DimeDistance));
        }
    }

    [TestMethod]
    public void Blocks_give_the_bits_of_single_rows()
    {
        DimeTransformer model = Model(out IDataView data);
        IRowToRowMapper mapper = ((ITransformer)model).GetRowToRowMapper(data.Schema);
        var expected = new List<uint>();
        using (DataViewRowCursor cursor = data.GetRowCursor(data.Schema))
        {
            DataViewSchema.Column column = mapper.OutputSchema["DimeDistance"];
            using DataViewRow row = mapper.GetRow(cursor, [column]);
            ValueGetter<float> getter = row.GetGetter<float>(column);
            float distance = 0;
            while (cursor.MoveNext())
            {
                getter(ref distance);
                expected.Add(BitConverter.SingleToUInt32Bits(distance));
            }
        }

        CollectionAssert.AreEqual(expected, Embeddings.BitsOf(model.Transform(data)));
    }

    [TestMethod]
    public void Upstream_is_evaluated_once_though_its_column_is_both_scored_and_handed_on()
    {
        var options = new DimeOptions { Rank = 2, Calibration = Calibration.None, WithinDistanceColumnName = "Within" };
        IDataView data = Counted(Rows());
        IDataView scored = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data).Transform(data);
        _evaluations = 0;

        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"], scored.Schema["DimeDistance"], scored.Schema["Within"]]);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        ValueGetter<float> distance = cursor.GetGetter<float>(scored.Schema["DimeDistance"]);
        ValueGetter<float> within = cursor.GetGetter<float>(scored.Schema["Within"]);
        VBuffer<float> vector = default;
        float value = 0;
        while (cursor.MoveNext())
        {
            features(ref vector);
            distance(ref value);
            within(ref value);
        }

        Assert.AreEqual(Count, _evaluations);
    }

    [TestMethod]
    public void Receiver_may_write_to_a_vector_it_was_handed()
    {
        IDataView scored = Scored(Rows());
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        Assert.IsTrue(cursor.MoveNext());
        VBuffer<float> first = default, again = default;

        getter(ref first);
        VBufferEditor.CreateFromBuffer(ref first).Values.Fill(-1);
        getter(ref again);

        CollectionAssert.AreEqual(Row(0).Features, again.DenseValues().ToArray());
    }

    [TestMethod]
    public void First_rows_do_not_wait_for_the_rest()
    {
        IDataView scored = Scored(Rows());
        var counted = new CountedRows<MixedRow>(Rows());

        _ = Model(out _).Transform(_mlContext.Data.LoadFromEnumerable(counted)).GetColumn<float>("DimeDistance").First();

        Assert.IsLessThan(100, counted.HandedOut);
        Assert.AreEqual(Count, Embeddings.BitsOf(scored).Length);
    }

    [TestMethod]
    public void Images_are_handed_on_row_by_row_and_alive()
    {
        List<ImageRow> rows = [.. Rows().Take(40).Select((row, i) => new ImageRow { Features = row.Features, Image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [(byte)i, 0, 0, 255]) })];
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        IDataView scored = Model(out _).Transform(data);
        uint[] expected = Embeddings.BitsOf(scored);

        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<MLImage> image = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
        ValueGetter<float> distance = cursor.GetGetter<float>(scored.Schema["DimeDistance"]);
        MLImage current = null!;
        float value = 0;
        for (int i = 0; cursor.MoveNext(); i++)
        {
            image(ref current);
            distance(ref value);
            Assert.AreEqual(i, current.Pixels[0]);
            Assert.AreEqual(expected[i], BitConverter.SingleToUInt32Bits(value));
        }
    }

    [TestMethod]
    public void Misuse_of_a_cursor_is_an_error()
    {
        IDataView scored = Scored(Rows().Take(3));
        DataViewSchema.Column distance = scored.Schema["DimeDistance"];
        using DataViewRowCursor cursor = scored.GetRowCursor([distance]);
        ValueGetter<float> getter = cursor.GetGetter<float>(distance);
        float value = 0;

        Assert.ThrowsExactly<InvalidOperationException>(() => getter(ref value));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(scored.Schema["Number"]));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(distance));
        while (cursor.MoveNext())
        {
            getter(ref value);
        }

        Assert.AreEqual(-1, cursor.Position);
        Assert.IsFalse(cursor.MoveNext());
        Assert.ThrowsExactly<InvalidOperationException>(() => getter(ref value));
    }

    [TestMethod]
    public void No_rows_give_no_rows() => Assert.IsEmpty(Scored([]).GetColumn<float>("DimeDistance"));

    private static MixedRow Row(int i) => new()
    {
        Number = i,
        Text = $"row {i}",
        Time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddHours(i),
        Features = [i % 7, i % 11, i % 13, (i % 7) + (i % 11), 1, 0.001f * (i % 17)],
        Words = [$"a{i}", "b"],
        Ragged = [.. Enumerable.Range(0, i % 4)],
    };

    private static IEnumerable<MixedRow> Rows() => Enumerable.Range(0, Count).Select(Row);

    private IDataView Counted(IEnumerable<MixedRow> rows)
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        return _mlContext.Transforms.CustomMapping<FeaturesOnly, FeaturesOnly>(
            (source, target) =>
            {
                Interlocked.Increment(ref _evaluations);
                target.Features = source.Features;
            },
            contractName: null).Fit(data).Transform(data);
    }

    private DimeTransformer Model(out IDataView data)
    {
        data = _mlContext.Data.LoadFromEnumerable(Rows());
        return _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data);
    }

    private IDataView Scored(IEnumerable<MixedRow> rows) => Model(out _).Transform(_mlContext.Data.LoadFromEnumerable(rows));

    private sealed class MixedRow
    {
        public int Number { get; set; }

        public string Text { get; set; } = "";

        public DateTime Time { get; set; }

        [VectorType(6)]
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public string[] Words { get; set; } = [];

        public int[] Ragged { get; set; } = [];

        [NoColumn]
        public float Unused { get; set; }

        public float DimeDistance { get; set; }
    }

    private sealed class FeaturesOnly
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];
    }

    private sealed class ImageRow
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }
}
