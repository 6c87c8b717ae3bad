using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Fits and calibrations that say nothing of rows, and what the log says of them.</summary>
[TestClass]
public sealed class DegenerateFitTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly ContextLog _log;

    public DegenerateFitTests() => _log = new ContextLog(_mlContext);

    [TestMethod]
    [DataRow("none")]
    [DataRow("training set")]
    [DataRow("held out")]
    public void Rank_of_all_dimensions_leaves_no_distance(string calibration)
    {
        Fit(Embeddings.Create(1000), new DimeOptions { Rank = Embeddings.Dimension, ProbabilityColumnName = null, OutlierColumnName = null, Calibration = Named(calibration) });

        AssertWarned("column 'Features'", "rank 6 in 6 dimensions", "rank below 6", "threshold");
    }

    [TestMethod]
    public void Threshold_that_takes_all_dimensions_leaves_no_distance()
    {
        Fit(Embeddings.Create(1000), new DimeOptions { ExplainedVarianceThreshold = 1 });

        AssertWarned("column 'Features'", "rank 6 in 6 dimensions", "threshold");
    }

    [TestMethod]
    public void One_value_leaves_no_distance_and_every_row_is_flagged()
    {
        IDataView data = Vectors(1, Embeddings.Create(1000).Select(row => row.Features[..1]));

        IDataView scored = _mlContext.Transforms.DetectOutOfDistribution().Fit(data).Transform(data);

        Assert.IsTrue(scored.GetColumn<bool>("IsOutOfDistribution").All(flag => flag));
        AssertWarned("Column 'Features'", "one value", "Concatenate");
    }

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.99)]
    public void Rows_that_are_all_the_same_leave_no_distance(double threshold)
    {
        Fit(Repeat(1000, _ => [1, 2, 3, 4, 5, 6]), new DimeOptions { ExplainedVarianceThreshold = threshold });

        AssertWarned("column 'Features'", "the same embedding, or multiples of it", "input of the network", "layer");
    }

    [TestMethod]
    public void Multiples_of_one_row_leave_no_distance()
    {
        var random = new Random(1);
        float[] row = [0.1f, 0.7f, 0.3f, 0.9f, 0.2f, 0.4f];

        Fit(Repeat(1000, _ => Scale(row, 1 + random.NextSingle())), new DimeOptions());

        AssertWarned("column 'Features'", "the same embedding, or multiples of it");

        static float[] Scale(float[] row, float factor) => [.. row.Select(x => factor * x)];
    }

    [TestMethod]
    public void Hyperplane_through_each_of_a_few_rows_leaves_no_distance()
    {
        Fit(Embeddings.Create(4), new DimeOptions { Rank = 4, Calibration = Calibration.None, ProbabilityColumnName = null, OutlierColumnName = null });

        AssertWarned("column 'Features'", "rank 4", "all but rounding", "more rows", "rank below 4");
    }

    [TestMethod]
    public void Rows_within_a_hyperplane_of_their_own_leave_no_distance()
    {
        var random = new Random(1);

        Fit(Repeat(1000, _ => InPlane(random.Next(-50, 50), random.Next(-50, 50))), new DimeOptions { Rank = 2 });

        AssertWarned("column 'Features'", "rank 2", "all but rounding", "rank below 2", "threshold");

        static float[] InPlane(float a, float b) => [a, b, a + b, a - b, 2 * a, 3 * b];
    }

    [TestMethod]
    public void Calibration_rows_within_the_hyperplane_make_a_limit_of_rounding()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(Load(Embeddings.Create(500)));
        float[] projected = model.Embedding.InverseTransform(model.Embedding.Transform(Embeddings.Flatten(Embeddings.Create(500, seed: 2))));

        model.Calibrate(Vectors(Embeddings.Dimension, projected.Chunk(Embeddings.Dimension)));

        AssertWarned("column 'Features'", "in the hyperplane but for rounding", "95 %", "500 calibration rows");
    }

    [TestMethod]
    public void Calibration_rows_of_zeros_make_a_limit_of_rounding()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(Load(Embeddings.Create(500)));

        model.Calibrate(Load(Repeat(300, _ => new float[Embeddings.Dimension])));

        AssertWarned("column 'Features'", "in the hyperplane but for rounding", "300 calibration rows");
    }

    [TestMethod]
    public void Calibration_rows_at_one_distance_would_all_be_flagged()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(Load(Embeddings.Create(500)));
        float[] row = [1, 2, 3, 4, 5, 9];
        string distance = FormattableString.Invariant($"{model.Embedding.DistanceToHyperplane(row)[0]:G4}");

        DimeTransformer calibrated = model.Calibrate(Load(Repeat(300, _ => row)));

        Assert.AreEqual(1f, calibrated.Embedding.ProbabilityOfDistanceToHyperplane(row)[0]);
        AssertWarned("column 'Features'", "flags 100 % of the 300 calibration rows", "means about 5 %", $"300 of them have the same distance, {distance}");
    }

    [TestMethod]
    public void Many_calibration_rows_at_the_largest_distance_would_all_be_flagged()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(Load(Embeddings.Create(500)));
        List<EmbeddingRow> rows = Embeddings.Create(300, seed: 2);
        rows.Where(row => row.Number % 3 == 0).ToList().ForEach(row => row.Features = [9, -9, 9, -9, 9, -9]);

        model.Calibrate(Load(rows));

        AssertWarned("33.33 % of the 300 calibration rows", "100 of them have the same distance");
    }

    [TestMethod]
    public void Too_few_percentiles_for_the_limit_flag_too_many_rows()
    {
        Fit(Embeddings.Create(2000), new DimeOptions { Rank = 2, PercentileCount = 5 });

        AssertWarned("column 'Features'", "flags 25.", "5 percentiles", "PercentileCount");
    }

    [TestMethod]
    public void Low_outlier_probability_flags_most_rows()
    {
        var options = new DimeOptions { Rank = 2, OutlierProbability = 0.05 };
        ModelledEmbedding embedding = ModelledEmbedding.Fit(Embeddings.Flatten(Embeddings.Create(200)), Embeddings.Dimension, rank: 2)
            .Calibrate(Embeddings.Flatten(Embeddings.Create(200, seed: 2)));
        IDataView data = Load(Embeddings.Create(1000));

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data);
        _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data, Load(Embeddings.Create(200)));
        _ = new DimeTransformer(_mlContext, embedding, new DimeOptions { OutlierProbability = 0.05 });
        _ = model.WithOutlierProbability(0.05);

        Assert.HasCount(4, _log.Warnings);
        foreach (string warning in _log.Warnings)
        {
            Assert.Contains("'IsOutOfDistribution'", warning);
            Assert.Contains("outlier probability of 0.05 flags about 95 % of in-distribution rows", warning);
            Assert.Contains("0.95 flags about 5 %", warning);
        }
    }

    [TestMethod]
    public void Limit_is_not_warned_of_where_nothing_is_flagged_by_it_or_half_of_the_rows_are()
    {
        IDataView data = Load(Embeddings.Create(1000));

        _ = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, OutlierProbability = 0.05, OutlierColumnName = null }).Fit(data);
        _ = _mlContext.Transforms.DetectOutOfDistribution(rank: 2, outlierProbability: 0.5).Fit(data).WithOutlierProbability(0.6);

        Assert.IsEmpty(_log.Warnings, string.Join('\n', _log.Warnings));
    }

    [TestMethod]
    public void Fits_of_the_reference_cases_are_not_warned_of()
    {
        foreach (ReferenceCase c in ReferenceCase.LoadAll())
        {
            _ = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = c.Rank, PercentileCount = c.PercentileCount })
                .Fit(Vectors(c.Dimension, c.Train.Chunk(c.Dimension)), Vectors(c.Dimension, c.Calibration.Chunk(c.Dimension)));
        }

        // The cases are small, which is another matter.
        Assert.IsEmpty(_log.Warnings.Where(warning => !warning.StartsWith("Only ", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Fits_of_the_sample_s_layers_are_not_warned_of(int layer)
    {
        IDataView train = SampleFeatures.Load(_mlContext, "train", layer), test = SampleFeatures.Load(_mlContext, "test", layer);
        foreach (double threshold in new[] { 0.9, 0.99, 0.999 })
        {
            foreach (double limit in new[] { 0.5, 0.95, 0.99, 1 })
            {
                var options = new DimeOptions { ExplainedVarianceThreshold = threshold, OutlierProbability = limit };
                _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(train).Calibrate(test);
                _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(train, test);
            }
        }

        Assert.IsEmpty(_log.Warnings, string.Join('\n', _log.Warnings));
    }

    [TestMethod]
    public void Threshold_that_takes_all_channels_of_a_layer_of_the_sample_is_warned_of()
    {
        IDataView train = SampleFeatures.Load(_mlContext, "train", layer: 1);

        _ = _mlContext.Transforms.DetectOutOfDistribution(explainedVarianceThreshold: 0.9999).Fit(train);

        AssertWarned("rank 64 in 64 dimensions");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(20)]
    [DataRow(99)]
    public void Few_calibration_rows_are_no_other_trouble(int count)
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(Load(Embeddings.Create(500)));

        model.Calibrate(Load(Embeddings.Create(count, seed: 2)));

        Assert.StartsWith($"Only {count} rows", _log.Warnings.Single());
    }

    [TestMethod]
    public void Long_rows_are_no_trouble_of_a_hyperplane_that_takes_them_at_unit_length()
    {
        var sums = new EmbeddingAccumulator(Embeddings.Dimension, normalize: true);
        sums.Add(Embeddings.Flatten(Embeddings.Create(500)));
        List<EmbeddingRow> rows = Embeddings.Create(300, seed: 2);
        rows.ForEach(row => row.Features = [.. row.Features.Select(x => 1e7f * x)]);

        new DimeTransformer(_mlContext, sums.Fit(rank: 2), new DimeOptions { ProbabilityColumnName = null, OutlierColumnName = null }).Calibrate(Load(rows));

        Assert.IsEmpty(_log.Warnings, string.Join('\n', _log.Warnings));
    }

    [TestMethod]
    [DataRow(11)]
    [DataRow(21)]
    [DataRow(101)]
    public void Percentiles_that_resolve_the_limit_are_not_warned_of(int count)
    {
        Fit(Embeddings.Create(2000), new DimeOptions { Rank = 2, PercentileCount = count });

        Assert.IsEmpty(_log.Warnings, string.Join('\n', _log.Warnings));
    }

    private static Calibration Named(string name) => name switch
    {
        "none" => Calibration.None,
        "training set" => Calibration.TrainingSet,
        _ => Calibration.HeldOut(),
    };

    private static List<EmbeddingRow> Repeat(int count, Func<int, float[]> features) =>
        [.. Enumerable.Range(0, count).Select(i => new EmbeddingRow { Number = i, Features = features(i) })];

    /// <summary>There is one warning, and it has all the words.</summary>
    private void AssertWarned(params string[] words)
    {
        Assert.HasCount(1, _log.Warnings, string.Join('\n', _log.Warnings));
        foreach (string word in words)
        {
            Assert.Contains(word, _log.Warnings[0]);
        }
    }

    private void Fit(List<EmbeddingRow> rows, DimeOptions options) => _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(Load(rows));

    private IDataView Load(List<EmbeddingRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private IDataView Vectors(int dimension, IEnumerable<float[]> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Vector));
        definition[nameof(Vector.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return _mlContext.Data.LoadFromEnumerable(rows.Select(row => new Vector { Features = row }), definition);
    }

    private sealed class Vector
    {
        public float[] Features { get; set; } = [];
    }
}
