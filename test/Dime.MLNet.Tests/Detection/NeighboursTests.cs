using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Tests.Detection;

/// <summary>The detector among other stages of a pipeline, trainers too.</summary>
[TestClass]
public sealed class NeighboursTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _data;

    public NeighboursTests() => _data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));

    [TestMethod]
    public void Several_detectors_watch_different_columns()
    {
        var second = new DimeOptions
        {
            InputColumnName = "Scaled",
            Rank = 1,
            DistanceColumnName = "ScaledDistance",
            ProbabilityColumnName = "ScaledProbability",
            OutlierColumnName = "ScaledOutlier",
        };
        EstimatorChain<DimeTransformer> pipeline = _mlContext.Transforms.NormalizeMinMax("Scaled", "Features")
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(second));

        TransformerChain<DimeTransformer> model = pipeline.Fit(_data);
        IDataView scored = model.Transform(_data);

        DimeTransformer[] detectors = [.. model.OfType<DimeTransformer>()];
        CollectionAssert.AreEqual(new[] { 2, 1 }, detectors.Select(detector => detector.Embedding.Rank).ToArray());
        float[] scaled = [.. scored.GetColumn<float[]>("Scaled").SelectMany(values => values)];
        CollectionAssert.AreEqual(detectors[1].Embedding.DistanceToHyperplane(scaled), scored.GetColumn<float>("ScaledDistance").ToArray());
        CollectionAssert.AreEqual(
            detectors[0].Embedding.DistanceToHyperplane(Embeddings.Flatten(Embeddings.Create(200))), scored.GetColumn<float>("DimeDistance").ToArray());
    }

    [TestMethod]
    public void Trainer_before_the_detector_keeps_its_columns()
    {
        EstimatorChain<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>> pipeline = Label().Append(_mlContext.BinaryClassification.Trainers.LbfgsLogisticRegression("Label", "Features"));
        float[] expected = [.. pipeline.Fit(_data).Transform(_data).GetColumn<float>("Score")];

        IDataView scored = pipeline.Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2)).Fit(_data).Transform(_data);

        Assert.HasCount(200, expected);
        Assert.AreEqual(NumberDataViewType.Single, scored.Schema["Score"].Type);
        Assert.AreEqual(BooleanDataViewType.Instance, scored.Schema["PredictedLabel"].Type);
        Assert.IsNotNull(scored.Schema.GetColumnOrNull("Probability"));
        Assert.HasCount(1, scored.Schema.Where(column => column.Name == "Score").ToArray());
        Assert.IsTrue(scored.GetColumn<float>("DimeDistance").All(float.IsFinite));
    }

    [TestMethod]
    public void Trainer_after_the_detector_can_learn_from_the_distance()
    {
        EstimatorChain<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>> pipeline = Label()
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2))
            .Append(_mlContext.Transforms.Concatenate("Input", "Features", "DimeDistance", "DimeProbability"))
            .Append(_mlContext.BinaryClassification.Trainers.LbfgsLogisticRegression("Label", "Input"));

        IDataView scored = pipeline.Fit(_data).Transform(_data);

        Assert.AreEqual(Embeddings.Dimension + 2, ((VectorDataViewType)scored.Schema["Input"].Type).Size);
        Assert.HasCount(200, scored.GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void Embeddings_of_scalar_columns_can_be_concatenated()
    {
        EstimatorChain<DimeTransformer> pipeline = _mlContext.Transforms.Conversion.ConvertType("Single", "Number", DataKind.Single)
            .Append(_mlContext.Transforms.Concatenate("Two", "Single", "Weight"))
            .Append(_mlContext.Transforms.DetectOutOfDistribution("Two", rank: 1));

        float[] distances = [.. pipeline.Fit(_data).Transform(_data).GetColumn<float>("DimeDistance")];

        // The line through the origin is nearly that of Number, so what is left is about the weight, 1 to 3.
        Assert.IsTrue(distances.Max() is > 2 and < 3.1f, $"{distances.Max()}");
    }

    [TestMethod]
    public void Anomaly_evaluation_of_MLNet_reads_our_columns()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(_data);
        IEnumerable<LabelledRow> rows = Embeddings.Create(100, seed: 2)
            .Select(row => new LabelledRow { Features = row.Number < 30 ? [9, -9, 9, -9, 9, -9] : row.Features, Label = row.Number < 30 ? 1 : 0 });

        AnomalyDetectionMetrics metrics = _mlContext.AnomalyDetection.Evaluate(
            model.Transform(_mlContext.Data.LoadFromEnumerable(rows)), "Label", "DimeDistance", "IsOutOfDistribution", falsePositiveCount: 1);

        Assert.AreEqual(1, metrics.AreaUnderRocCurve, 1e-9);
        Assert.AreEqual(1, metrics.DetectionRateAtFalsePositiveCount, 1e-9);
    }

    private CustomMappingEstimator<EmbeddingRow, Labelled> Label() => _mlContext.Transforms.CustomMapping<EmbeddingRow, Labelled>(
        (from, to) => to.Label = from.Features[0] > 1.5f, contractName: null);

    private sealed class Labelled
    {
        public bool Label { get; set; }
    }

    private sealed class LabelledRow
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
