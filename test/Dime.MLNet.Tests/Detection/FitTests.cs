using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

[TestClass]
public sealed class FitTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Values_are_those_of_the_model_on_plain_arrays()
    {
        List<EmbeddingRow> train = Embeddings.Create(300), calibration = Embeddings.Create(150, seed: 2), fresh = Embeddings.Create(40, seed: 3);
        fresh[0].Features = [9, -9, 9, -9, 9, -9];
        var options = new DimeOptions
        {
            ExplainedVarianceThreshold = 0.999,
            PercentileCount = 101,
            WithinDistanceColumnName = "WD",
            WithinProbabilityColumnName = "WP",
        };
        ModelledEmbedding expected = ModelledEmbedding.Fit(Embeddings.Flatten(train), Embeddings.Dimension, 0.999)
            .Calibrate(Embeddings.Flatten(calibration), 101);

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(Load(train), Load(calibration));
        IDataView scored = model.Transform(Load(fresh));

        float[] rows = Embeddings.Flatten(fresh);
        AssertSameModel(expected, model.Embedding);
        AssertColumn(scored, "DimeDistance", expected.DistanceToHyperplane(rows));
        AssertColumn(scored, "DimeProbability", expected.ProbabilityOfDistanceToHyperplane(rows));
        AssertColumn(scored, "WD", expected.DistanceWithinHyperplane(rows));
        AssertColumn(scored, "WP", expected.ProbabilityOfDistanceWithinHyperplane(rows));
        CollectionAssert.AreEqual(
            expected.ProbabilityOfDistanceToHyperplane(rows).Select(p => p >= 0.95f).ToArray(),
            scored.GetColumn<bool>("IsOutOfDistribution").ToArray());
        Assert.IsTrue(scored.GetColumn<bool>("IsOutOfDistribution").First());
    }

    [TestMethod]
    public void Without_calibration_all_rows_enter_the_hyperplane()
    {
        List<EmbeddingRow> train = Embeddings.Create(300);

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(Load(train));

        Assert.IsFalse(model.Embedding.IsCalibrated);
        AssertSameModel(ModelledEmbedding.Fit(Embeddings.Flatten(train), Embeddings.Dimension, rank: 2), model.Embedding);
    }

    [TestMethod]
    public void Training_set_calibration_uses_all_rows_for_both()
    {
        List<EmbeddingRow> train = Embeddings.Create(300);
        float[] rows = Embeddings.Flatten(train);
        var options = new DimeOptions { Rank = 2, PercentileCount = 50, Calibration = Calibration.TrainingSet };

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(Load(train));

        ModelledEmbedding expected = ModelledEmbedding.Fit(rows, Embeddings.Dimension, rank: 2).Calibrate(rows, 50);
        AssertSameModel(expected, model.Embedding);
        CollectionAssert.AreEqual(expected.ProbabilityOfDistanceToHyperplane(rows), model.Embedding.ProbabilityOfDistanceToHyperplane(rows));
    }

    [TestMethod]
    public void Data_of_many_blocks_is_read_whole_and_in_order()
    {
        // 4096 values a row make blocks of 64 rows.
        var definition = SchemaDefinition.Create(typeof(SparseRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4096);
        IDataView data = _mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, 150).Select(i => new SparseRow { Features = new VBuffer<float>(4096, 1, [i], [7]) }), definition);

        var counts = new List<int>();
        var values = new List<float>();
        using (var blocks = new EmbeddingReader(data, new InputColumns([data.Schema["Features"]])))
        {
            while (blocks.MoveNext())
            {
                counts.Add(blocks.Count);
                values.AddRange(Enumerable.Range(0, blocks.Count).Select(i => blocks.Rows[(i * 4096) + 7]));
            }
        }

        CollectionAssert.AreEqual(new[] { 64, 64, 22 }, counts);
        CollectionAssert.AreEqual(Enumerable.Range(0, 150).Select(i => (float)i).ToArray(), values);
    }

    [TestMethod]
    public void Sparse_vectors_give_the_bits_of_dense_ones()
    {
        List<EmbeddingRow> dense = Embeddings.Create(200);
        foreach (EmbeddingRow row in dense)
        {
            row.Features[row.Number % Embeddings.Dimension] = 0;
            row.Features[4] = 0;
        }

        IDataView sparse = LoadSparse(dense);
        Assert.IsFalse(sparse.GetColumn<VBuffer<float>>("Features").First().IsDense);

        DimeTransformer fromDense = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(Load(dense));
        DimeTransformer fromSparse = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(sparse);

        AssertSameModel(fromDense.Embedding, fromSparse.Embedding);
        foreach (string column in new[] { "DimeDistance", "DimeProbability" })
        {
            CollectionAssert.AreEqual(Embeddings.BitsOf(fromDense.Transform(Load(dense)), column), Embeddings.BitsOf(fromSparse.Transform(sparse), column));
        }
    }

    [TestMethod]
    [DataRow("held out")]
    [DataRow("training set")]
    [DataRow("none")]
    public void Data_is_read_exactly_once(string calibration)
    {
        var rows = new CountedRows<EmbeddingRow>(Embeddings.Create(500));
        var options = new DimeOptions
        {
            InputColumnName = "Mapped",
            Rank = 2,
            Calibration = calibration switch { "none" => Calibration.None, "training set" => Calibration.TrainingSet, _ => Calibration.HeldOut() },
        };
        int mapped = 0;
        EstimatorChain<DimeTransformer> pipeline = _mlContext.Transforms
            .CustomMapping<EmbeddingRow, MappedRow>((from, to) => { Interlocked.Increment(ref mapped); to.Mapped = from.Features; }, contractName: null)
            .Append(_mlContext.Transforms.DetectOutOfDistribution(options));

        _ = pipeline.Fit(_mlContext.Data.LoadFromEnumerable(rows));

        Assert.AreEqual(1, rows.Enumerations);
        Assert.AreEqual(500, rows.HandedOut);
        Assert.AreEqual(500, mapped);
    }

    private static void AssertSameModel(ModelledEmbedding expected, ModelledEmbedding actual)
    {
        CollectionAssert.AreEqual(expected.ExplainedVariance.ToArray(), actual.ExplainedVariance.ToArray());
        CollectionAssert.AreEqual(Embeddings.BitsOf(expected.BasisVectors.ToArray()), Embeddings.BitsOf(actual.BasisVectors.ToArray()));
    }

    private static void AssertColumn(IDataView data, string name, float[] expected) =>
        CollectionAssert.AreEqual(Embeddings.BitsOf(expected), Embeddings.BitsOf(data, name));

    private IDataView Load(IEnumerable<EmbeddingRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private IDataView LoadSparse(IEnumerable<EmbeddingRow> rows)
    {
        var definition = SchemaDefinition.Create(typeof(SparseRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Embeddings.Dimension);
        return _mlContext.Data.LoadFromEnumerable(rows.Select(row => new SparseRow { Features = ToSparse(row.Features) }), definition);
    }

    private static VBuffer<float> ToSparse(float[] values)
    {
        int[] indices = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)];
        return new VBuffer<float>(values.Length, indices.Length, [.. indices.Select(i => values[i])], indices);
    }

    private sealed class SparseRow
    {
        public VBuffer<float> Features { get; set; }
    }

    private sealed class MappedRow
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Mapped { get; set; } = [];
    }
}
