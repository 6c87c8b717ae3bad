using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Columns that cannot be fitted to are refused by the shape of the schema where it tells, and else before a row is read.</summary>
[TestClass]
public sealed class RejectedInputTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("Absent", "no column 'Absent'")]
    [DataRow("Scalar", "is of type Single")]
    [DataRow("Doubles", "vector of Single")]
    [DataRow("Text", "vector of Single")]
    [DataRow("Key", "vector of Single")]
    [DataRow("Keys", "vector of Single")]
    [DataRow("Variable", "no known size")]
    public void Wrong_input_column_is_named_with_the_remedy(string name, string expected) =>
        AssertRejected(new DimeOptions { InputColumnName = name }, $"'{name}'", expected);

    [TestMethod]
    [DataRow("Absent", "no column 'Absent'")]
    [DataRow("Doubles", "must be Single")]
    [DataRow("Vector", "must be Single")]
    [DataRow("Text", "must be Single")]
    [DataRow("Key", "must be Single")]
    public void Wrong_weight_column_is_named_with_the_remedy(string name, string expected) =>
        AssertRejected(new DimeOptions { InputColumnName = "Vector", ExampleWeightColumnName = name }, $"'{name}'", expected);

    [TestMethod]
    public void Feature_map_is_refused_with_the_call_that_pools_it()
    {
        var rows = new CountedRows<OddRow>([new OddRow()]);
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution("Map");

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows)));

        Assert.Contains("2×3×4", error.Message);
        Assert.Contains("GlobalAveragePool(\"Map\")", error.Message);
        Assert.AreEqual(0, rows.Enumerations);
    }

    [TestMethod]
    public void Dimensions_of_one_beside_the_embedding_are_no_feature_map()
    {
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, Embeddings.Dimension, 1, 1);
        IDataView data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(20), definition);

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data);

        Assert.AreEqual(Embeddings.Dimension, model.Embedding.Dimension);
    }

    [TestMethod]
    public void Rank_above_the_length_of_the_embeddings_is_found_before_a_row_is_read()
    {
        var rows = new CountedRows<EmbeddingRow>(Embeddings.Create(10));
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(rank: Embeddings.Dimension + 1);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows)));

        Assert.Contains("7", error.Message);
        Assert.Contains("6 or less", error.Message);
        Assert.AreEqual(0, rows.Enumerations);
    }

    [TestMethod]
    public void Wrong_calibration_data_is_found_before_a_training_row_is_read()
    {
        var rows = new CountedRows<EmbeddingRow>(Embeddings.Create(10));
        IDataView train = _mlContext.Data.LoadFromEnumerable(rows);
        IDataView calibration = _mlContext.Data.LoadFromEnumerable([new ScoredRow()]);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.Transforms.DetectOutOfDistribution().Fit(train, calibration));

        Assert.AreEqual("calibration", error.ParamName);
        Assert.Contains("'Features'", error.Message);
        Assert.AreEqual(0, rows.Enumerations);
    }

    [TestMethod]
    public void Null_data_is_refused()
    {
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution();
        IDataView data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(10));

        Assert.ThrowsExactly<ArgumentNullException>(() => estimator.Fit((IDataView)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => estimator.Fit(null!, data));
        Assert.ThrowsExactly<ArgumentNullException>(() => estimator.Fit(data, null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => estimator.GetOutputSchema(null!));
    }

    private void AssertRejected(DimeOptions options, params string[] expected)
    {
        var rows = new CountedRows<OddRow>([new OddRow()]);
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(options);

        ArgumentException atShape = Assert.ThrowsExactly<ArgumentException>(() => estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema)));
        ArgumentException atFit = Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(data));

        foreach (string text in expected)
        {
            Assert.Contains(text, atShape.Message);
            Assert.Contains(text, atFit.Message);
        }

        Assert.AreEqual("inputSchema", atShape.ParamName);
        Assert.AreEqual("input", atFit.ParamName);
        Assert.AreEqual(0, rows.Enumerations);
    }

    private sealed class OddRow
    {
        [VectorType(3)]
        public float[] Vector { get; set; } = [1, 2, 3];

        public float Scalar { get; set; }

        [VectorType(3)]
        public double[] Doubles { get; set; } = [1, 2, 3];

        public string Text { get; set; } = "";

        [KeyType(10)]
        public uint Key { get; set; }

        [KeyType(10)]
        [VectorType(3)]
        public uint[] Keys { get; set; } = [1, 2, 3];

        public float[] Variable { get; set; } = [1, 2];

        [VectorType(2, 3, 4)]
        public float[] Map { get; set; } = new float[24];
    }
}
