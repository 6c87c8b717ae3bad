using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>What the estimator promises of the columns, against what the transformer delivers.</summary>
[TestClass]
public sealed class EstimatorSchemaTests
{
    [TestMethod]
    public void Every_combination_of_columns_is_delivered_as_promised()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(60));
        int combinations = 0;
        foreach (Calibration calibration in new[] { Calibration.HeldOut(), Calibration.TrainingSet, Calibration.None })
        {
            // The distance always stays, so that no combination is empty.
            foreach (int bits in Enumerable.Range(0, 16))
            {
                AssertDelivered(mlContext, data, new DimeOptions
                {
                    Rank = 2,
                    Calibration = calibration,
                    ProbabilityColumnName = (bits & 1) != 0 ? "P" : null,
                    OutlierColumnName = (bits & 2) != 0 ? "O" : null,
                    WithinDistanceColumnName = (bits & 4) != 0 ? "WD" : null,
                    WithinProbabilityColumnName = (bits & 8) != 0 ? "WP" : null,
                });
                combinations++;
            }
        }

        Assert.AreEqual(48, combinations);
    }

    [TestMethod]
    public void Hidden_columns_of_the_same_names_are_promised_once()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(
            Embeddings.Create(60).Select(row => new TakenNames { Features = row.Features, DimeDistance = "taken", DimeProbability = true }));

        DataViewSchema delivered = AssertDelivered(mlContext, data, new DimeOptions { Rank = 2 });

        Assert.AreEqual(NumberDataViewType.Single, delivered["DimeDistance"].Type);
        Assert.AreEqual(NumberDataViewType.Single, delivered["DimeProbability"].Type);
        Assert.AreEqual(BooleanDataViewType.Instance, delivered["IsOutOfDistribution"].Type);
    }

    [TestMethod]
    public void Columns_that_are_promised_have_the_documented_names_and_order()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(60));
        var options = new DimeOptions { WithinDistanceColumnName = "DimeWithinDistance", WithinProbabilityColumnName = "DimeWithinProbability" };

        DataViewSchema delivered = AssertDelivered(mlContext, data, options);

        string[] expected = ["Number", "Features", "Weight", "DimeDistance", "DimeProbability", "IsOutOfDistribution", "DimeWithinDistance", "DimeWithinProbability"];
        CollectionAssert.AreEqual(expected, delivered.Select(column => column.Name).ToArray());
    }

    private static DataViewSchema AssertDelivered(MLContext mlContext, IDataView data, DimeOptions options)
    {
        DimeEstimator estimator = mlContext.Transforms.DetectOutOfDistribution(options);
        string[] promised = Describe(estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema)));

        DimeTransformer model = estimator.Fit(data);
        DataViewSchema delivered = model.Transform(data).Schema;

        CollectionAssert.AreEquivalent(promised, Describe(MLNetInternals.ShapeOf(delivered)));
        CollectionAssert.AreEqual(
            delivered.Select(column => column.ToString()).ToArray(), model.GetOutputSchema(data.Schema).Select(column => column.ToString()).ToArray());
        return delivered;
    }

    private static string[] Describe(SchemaShape shape) =>
        [.. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}, key {column.IsKey}, {column.Annotations.Count} annotations")];

    private sealed class TakenNames
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];

        public string DimeDistance { get; set; } = "";

        public bool DimeProbability { get; set; }
    }
}
