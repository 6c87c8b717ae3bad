using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>The transformer under ML.NET's own operations on data.</summary>
[TestClass]
public sealed class DimeTransformerTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<EmbeddingRow> _rows = Embeddings.Create(500);
    private readonly DimeTransformer _model;
    private readonly IDataView _data;

    public DimeTransformerTests()
    {
        _data = _mlContext.Data.LoadFromEnumerable(_rows);
        _model = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(_data);
    }

    [TestMethod]
    public void Prediction_engine_gives_the_bits_of_the_batch()
    {
        List<ScoredRow> batch = [.. _mlContext.Data.CreateEnumerable<ScoredRow>(_model.Transform(_data), reuseRowObject: false)];
        using PredictionEngine<EmbeddingRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<EmbeddingRow, ScoredRow>(_model);

        for (int i = 0; i < _rows.Count; i++)
        {
            ScoredRow single = engine.Predict(_rows[i]);
            Assert.AreEqual(
                (BitConverter.SingleToUInt32Bits(batch[i].DimeDistance), BitConverter.SingleToUInt32Bits(batch[i].DimeProbability), batch[i].IsOutOfDistribution),
                (BitConverter.SingleToUInt32Bits(single.DimeDistance), BitConverter.SingleToUInt32Bits(single.DimeProbability), single.IsOutOfDistribution));
        }
    }

    [TestMethod]
    public void It_tells_the_names_of_its_columns()
    {
        DimeTransformer renamed = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
        {
            Rank = 2,
            DistanceColumnName = "a",
            ProbabilityColumnName = "b",
            OutlierColumnName = null,
            WithinDistanceColumnName = "c",
            WithinProbabilityColumnName = "d",
        }).Fit(_data);

        Assert.AreSequenceEqual(
            [renamed.DistanceColumnName, renamed.ProbabilityColumnName, renamed.WithinDistanceColumnName, renamed.WithinProbabilityColumnName],
            renamed.GetOutputSchema(_data.Schema).Select(column => column.Name).Except(_data.Schema.Select(column => column.Name)));
        Assert.IsNull(renamed.OutlierColumnName);
        Assert.AreEqual("IsOutOfDistribution", _model.OutlierColumnName);
        Assert.IsNull(_model.WithinDistanceColumnName);
    }

    [TestMethod]
    public void Prediction_engine_scores_anew_when_only_the_values_change()
    {
        using PredictionEngine<EmbeddingRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<EmbeddingRow, ScoredRow>(_model);
        var row = new EmbeddingRow { Features = [1, 2, 3, 4, 5, 6] };
        float near = engine.Predict(row).DimeDistance;

        row.Features = [6, 5, 4, 3, 2, -60];

        Assert.IsGreaterThan(near + 10, engine.Predict(row).DimeDistance);
    }

    [TestMethod]
    public void Rows_can_be_filtered_taken_and_cached()
    {
        IDataView scored = _model.Transform(_data);
        float[] distances = [.. scored.GetColumn<float>("DimeDistance")];
        double middle = distances.Order().ElementAt(distances.Length / 2);

        IDataView filtered = _mlContext.Data.FilterRowsByColumn(scored, "DimeDistance", lowerBound: middle);

        CollectionAssert.AreEqual(distances.Where(d => d >= middle).ToArray(), filtered.GetColumn<float>("DimeDistance").ToArray());
        CollectionAssert.AreEqual(distances[..10], _mlContext.Data.TakeRows(scored, 10).GetColumn<float>("DimeDistance").ToArray());
        CollectionAssert.AreEqual(distances, _mlContext.Data.Cache(scored).GetColumn<float>("DimeDistance").ToArray());
    }

    [TestMethod]
    public void Shuffled_rows_keep_their_scores()
    {
        Dictionary<int, float> expected = ScoresByNumber(_model.Transform(_data));

        IDataView shuffled = _model.Transform(_mlContext.Data.ShuffleRows(_data, seed: 3));
        IDataView shuffledLater = _mlContext.Data.ShuffleRows(_model.Transform(_data), seed: 3);

        CollectionAssert.AreNotEqual(Enumerable.Range(0, 500).ToArray(), shuffled.GetColumn<int>("Number").ToArray());
        CollectionAssert.AreEquivalent(expected, ScoresByNumber(shuffled));
        CollectionAssert.AreEquivalent(expected, ScoresByNumber(shuffledLater));
    }

    [TestMethod]
    public void Order_positions_and_ids_are_those_of_the_input()
    {
        IDataView scored = _model.Transform(_data);
        using DataViewRowCursor before = _data.GetRowCursor(_data.Schema);
        using DataViewRowCursor after = scored.GetRowCursor(scored.Schema);
        ValueGetter<DataViewRowId> idBefore = before.GetIdGetter(), idAfter = after.GetIdGetter();
        DataViewRowId expected = default, actual = default;

        while (before.MoveNext())
        {
            Assert.IsTrue(after.MoveNext());
            idBefore(ref expected);
            idAfter(ref actual);
            Assert.AreEqual(expected, actual);
            Assert.AreEqual(before.Position, after.Position);
        }

        Assert.IsFalse(after.MoveNext());
        CollectionAssert.AreEqual(Enumerable.Range(0, 500).ToArray(), scored.GetColumn<int>("Number").ToArray());
        Assert.AreEqual(_data.GetRowCount(), scored.GetRowCount());
    }

    [TestMethod]
    public void Parallel_cursors_together_give_every_row_once()
    {
        IDataView scored = _model.Transform(_mlContext.Data.Cache(_data));
        Dictionary<int, float> expected = ScoresByNumber(scored);
        var found = new Dictionary<int, float>();

        foreach (DataViewRowCursor cursor in scored.GetRowCursorSet(scored.Schema, n: 4))
        {
            using (cursor)
            {
                ValueGetter<float> distance = cursor.GetGetter<float>(scored.Schema["DimeDistance"]);
                ValueGetter<int> number = cursor.GetGetter<int>(scored.Schema["Number"]);
                while (cursor.MoveNext())
                {
                    int key = 0;
                    float value = 0;
                    number(ref key);
                    distance(ref value);
                    found.Add(key, value);
                }
            }
        }

        CollectionAssert.AreEquivalent(expected, found);
    }

    [TestMethod]
    public void Only_what_is_asked_for_is_read()
    {
        var recorded = new RecordedColumns(_data);
        IDataView scored = _model.Transform(recorded);

        _ = Read(scored, "Number");
        _ = Read(scored, "DimeProbability");
        _ = Read(scored, "Weight", "IsOutOfDistribution");

        CollectionAssert.AreEqual(new[] { "Number" }, recorded.Requests[0]);
        CollectionAssert.AreEqual(new[] { "Features" }, recorded.Requests[1]);
        CollectionAssert.AreEquivalent(new[] { "Features", "Weight" }, recorded.Requests[2]);
    }

    [TestMethod]
    [DataRow("DimeDistance")]
    [DataRow("DimeProbability")]
    [DataRow("WD")]
    [DataRow("WP")]
    public void Each_column_works_alone_and_beside_the_others(string name)
    {
        var options = new DimeOptions { Rank = 2, WithinDistanceColumnName = "WD", WithinProbabilityColumnName = "WP" };
        IDataView scored = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data).Transform(_data);

        // Cached are all columns, from one cursor that asked for all.
        CollectionAssert.AreEqual(Embeddings.BitsOf(_mlContext.Data.Cache(scored), name), Embeddings.BitsOf(scored, name));
    }

    private Dictionary<int, float> ScoresByNumber(IDataView scored) =>
        _mlContext.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false).ToDictionary(row => row.Number, row => row.DimeDistance);

    private static int Read(IDataView data, params string[] columns)
    {
        int count = 0;
        using DataViewRowCursor cursor = data.GetRowCursor(columns.Select(name => data.Schema[name]));
        while (cursor.MoveNext())
        {
            count++;
        }

        return count;
    }
}
