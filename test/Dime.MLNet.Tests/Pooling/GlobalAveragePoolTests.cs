using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Pooling;

[TestClass]
public sealed class GlobalAveragePoolTests
{
    // Two channels of six positions: 0 to 5, and 10, 20, …, 60.
    private static readonly float[] _map = [0, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 60];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(new[] { 1, 2, 2, 3 })]
    [DataRow(new[] { 2, 2, 3 })]
    [DataRow(new[] { 2, 6 })]
    [DataRow(new[] { 1, 2, 6 })]
    [DataRow(new[] { 2, 1, 6 })]
    public void Each_channel_becomes_its_mean(int[] dimensions)
    {
        IDataView pooled = Pool(Load(new VBuffer<float>(12, _map), dimensions), "Pooled", "Map");

        AssertPooled(pooled, "Pooled", 2.5f, 35f);
    }

    [TestMethod]
    public void Every_position_of_a_single_channel_counts()
    {
        // A leading 1 is the batch, so one channel needs both.
        AssertPooled(Pool(Load(new VBuffer<float>(12, _map), [1, 1, 3, 4]), "Pooled", "Map"), "Pooled", (15 + 210) / 12f);
    }

    [TestMethod]
    public void One_position_a_channel_is_the_channel_itself() =>
        AssertPooled(Pool(Load(new VBuffer<float>(3, [4f, 5f, 6f]), [1, 3, 1, 1]), "Pooled", "Map"), "Pooled", 4, 5, 6);

    [TestMethod]
    public void Sparse_maps_are_pooled_over_their_zeros_too()
    {
        var sparse = new VBuffer<float>(12, 3, [3f, 6f, 12f], [0, 5, 11]);

        AssertPooled(Pool(Load(sparse, [2, 2, 3]), "Pooled", "Map"), "Pooled", 1.5f, 2f);
    }

    [TestMethod]
    public void Same_name_replaces_the_map()
    {
        IDataView pooled = Pool(Load(new VBuffer<float>(12, _map), [2, 2, 3]), "Map", null);

        AssertPooled(pooled, "Map", 2.5f, 35f);
        CollectionAssert.AreEqual(new[] { true, false }, pooled.Schema.Where(column => column.Name == "Map").Select(column => column.IsHidden).ToArray());
    }

    [TestMethod]
    public void Means_of_many_large_values_keep_their_digits()
    {
        // In single precision the running sum of 2²⁵ + 1 would lose the ones.
        float[] values = [33554432f, .. Enumerable.Repeat(1f, 63)];

        AssertPooled(Pool(Load(new VBuffer<float>(64, values), [1, 1, 8, 8]), "Pooled", "Map"), "Pooled", (float)((33554432.0 + 63) / 64));
    }

    [TestMethod]
    public void Only_pooled_columns_that_are_asked_for_read_the_map()
    {
        var recorded = new RecordedColumns(Load(new VBuffer<float>(12, _map), [2, 6]));
        IDataView pooled = Pool(recorded, "Pooled", "Map");

        _ = pooled.GetColumn<int>("Number").ToArray();
        _ = pooled.GetColumn<VBuffer<float>>("Pooled").ToArray();

        CollectionAssert.AreEqual(new[] { "Number" }, recorded.Requests[0]);
        CollectionAssert.AreEqual(new[] { "Map" }, recorded.Requests[1]);
    }

    [TestMethod]
    public void Estimator_promises_what_is_delivered()
    {
        IDataView data = Load(new VBuffer<float>(12, _map), [2, 2, 3]);
        GlobalAveragePoolingEstimator estimator = _mlContext.Transforms.GlobalAveragePool("Pooled", "Map");

        SchemaShape promised = estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema));
        SchemaShape delivered = MLNetInternals.ShapeOf(estimator.Fit(data).GetOutputSchema(data.Schema));

        CollectionAssert.AreEquivalent(Describe(delivered), Describe(promised));

        static string[] Describe(SchemaShape shape) => [.. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}")];
    }

    [TestMethod]
    [DataRow(new[] { 12 }, "[12]", "needs no pooling")]
    [DataRow(new[] { 1, 12 }, "[1,12]", "needs no pooling")]
    [DataRow(new[] { 2, 1, 2, 3 }, "[2,1,2,3]", "can be pooled")]
    [DataRow(new[] { 1, 1, 2, 2, 3 }, "[1,1,2,2,3]", "can be pooled")]
    public void Dimensions_that_are_no_feature_map_are_named(int[] dimensions, string shown, string reason)
    {
        IDataView data = Load(new VBuffer<float>(12, _map), dimensions);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.GlobalAveragePool("Map").Fit(data));

        Assert.Contains("'Map'", error.Message);
        Assert.Contains(shown, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [TestMethod]
    [DataRow("Variable", "no known size")]
    [DataRow("Number", "is of type Int32")]
    [DataRow("Absent", "no column 'Absent'")]
    public void Columns_without_a_map_are_refused(string name, string reason)
    {
        IDataView data = Load(new VBuffer<float>(12, _map), [2, 6]);
        GlobalAveragePoolingEstimator estimator = _mlContext.Transforms.GlobalAveragePool("Pooled", name);

        Assert.Contains(reason, Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(data)).Message);
        Assert.Contains(reason, Assert.ThrowsExactly<ArgumentException>(() => estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema))).Message);
    }

    [TestMethod]
    [DataRow(null, "Map")]
    [DataRow("Map", "Pooled")]
    public void Constructor_does_what_the_catalog_does(string? input, string output)
    {
        IDataView data = Load(new VBuffer<float>(12, _map), [2, 2, 3]);

        AssertPooled(new GlobalAveragePoolingEstimator(_mlContext, output, input).Fit(data).Transform(data), output, 2.5f, 35f);
    }

    [TestMethod]
    public void Blank_names_are_refused()
    {
        Assert.AreEqual("mlContext", Assert.ThrowsExactly<ArgumentNullException>(() => new GlobalAveragePoolingEstimator(null!, "Pooled")).ParamName);
        Assert.AreEqual("outputColumnName", Assert.ThrowsExactly<ArgumentException>(() => new GlobalAveragePoolingEstimator(_mlContext, " ")).ParamName);
        Assert.AreEqual("inputColumnName", Assert.ThrowsExactly<ArgumentException>(() => new GlobalAveragePoolingEstimator(_mlContext, "Pooled", "")).ParamName);
        Assert.AreEqual("outputColumnName", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.GlobalAveragePool(" ")).ParamName);
        Assert.AreEqual("inputColumnName", Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.GlobalAveragePool("Pooled", "")).ParamName);
    }

    [TestMethod]
    public void Saved_and_loaded_it_pools_the_same()
    {
        IDataView data = Load(new VBuffer<float>(12, _map), [1, 2, 2, 3]);
        using var file = new MemoryStream();
        _mlContext.Model.Save(_mlContext.Transforms.GlobalAveragePool("Pooled", "Map").Fit(data), data.Schema, file);

        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema schema);

        GlobalAveragePoolingTransformer transformer = (loaded as GlobalAveragePoolingTransformer)
            ?? ((IEnumerable<ITransformer>)loaded).OfType<GlobalAveragePoolingTransformer>().Single();
        Assert.AreEqual(("Map", "Pooled"), (transformer.InputColumnName, transformer.OutputColumnName));
        Assert.AreEqual(data.Schema["Map"].Type, schema["Map"].Type);
        AssertPooled(loaded.Transform(data), "Pooled", 2.5f, 35f);
    }

    private static void AssertPooled(IDataView pooled, string name, params float[] means)
    {
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, means.Length), pooled.Schema[name].Type);
        VBuffer<float>[] rows = [.. pooled.GetColumn<VBuffer<float>>(name)];
        Assert.HasCount(2, rows);
        foreach (VBuffer<float> row in rows)
        {
            CollectionAssert.AreEqual(means, row.DenseValues().ToArray());
        }
    }

    private IDataView Pool(IDataView data, string output, string? input) => _mlContext.Transforms.GlobalAveragePool(output, input).Fit(data).Transform(data);

    private IDataView Load(VBuffer<float> map, int[] dimensions)
    {
        var definition = SchemaDefinition.Create(typeof(MapRow));
        definition["Map"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return _mlContext.Data.LoadFromEnumerable(
            [new MapRow { Number = 1, Map = map, Variable = [1] }, new MapRow { Number = 2, Map = map, Variable = [1, 2] }], definition);
    }

    private sealed class MapRow
    {
        public int Number { get; set; }

        public VBuffer<float> Map { get; set; }

        public float[] Variable { get; set; } = [];
    }
}
