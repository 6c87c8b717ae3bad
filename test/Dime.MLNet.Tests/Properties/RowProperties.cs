using CsCheck;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Properties;

/// <summary>What is said of a row is the same bits, wherever it stands and however the model came.</summary>
[TestClass]
public sealed class RowProperties
{
    [TestMethod]
    public void Distances_of_a_row_do_not_depend_on_the_batch() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Int[1, 300], Gen.Bool).SampleFitted(
            sample =>
            {
                (AnyRows any, int count, bool normalize) = sample;
                if (any.Embedding(normalize) is not { } model)
                {
                    return false;
                }

                float[] rows = any.Unseen(count);
                SameAloneAndTogether(rows, any.Dimension, 1, x => model.DistanceToHyperplane(x.Span));
                SameAloneAndTogether(rows, any.Dimension, 1, x => model.ProbabilityOfDistanceToHyperplane(x.Span));
                if (model.HasDistanceWithinHyperplane)
                {
                    SameAloneAndTogether(rows, any.Dimension, 1, x => model.DistanceWithinHyperplane(x.Span));
                }

                using var stream = new MemoryStream();
                model.Save(stream);
                stream.Position = 0;
                PrecisionAssert.SameBits(model.DistanceToHyperplane(rows), ModelledEmbedding.Load(stream).DistanceToHyperplane(rows));

                return true;
            },
            iter: 25);

    [TestMethod]
    public void Scores_of_a_row_do_not_depend_on_the_batch() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Int[1, 300]).SampleFitted(
            sample =>
            {
                (AnyRows any, int count) = sample;
                if (any.Ensemble() is not { } model)
                {
                    return false;
                }

                float[] rows = any.Unseen(count);
                SameAloneAndTogether(rows, any.Dimension, model.Scores.Count, x => model.MeasureScores(x.Span));
                SameAloneAndTogether(rows, any.Dimension, 1, x => model.Statistic(x.Span));
                SameAloneAndTogether(rows, any.Dimension, 1, x => model.Probability(x.Span));

                using var stream = new MemoryStream();
                model.Save(stream);
                stream.Position = 0;
                var loaded = ModelledEnsemble.Load(stream);
                PrecisionAssert.SameBits(model.MeasureScores(rows), loaded.MeasureScores(rows));
                PrecisionAssert.SameBits(model.Probability(rows), loaded.Probability(rows));

                return true;
            },
            iter: 20);

    [TestMethod]
    public void Data_views_and_zips_give_what_arrays_give() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Int[1, 300]).SampleFitted(
            sample =>
            {
                (AnyRows any, int count) = sample;
                if (any.Embedding() is not { } model || any.Ensemble() is not { } ensemble)
                {
                    return false;
                }

                var mlContext = new MLContext(seed: 1);
                float[] rows = any.Unseen(count);
                var schema = SchemaDefinition.Create(typeof(Row));
                schema[nameof(Row.x)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, any.Dimension);
                IDataView data = mlContext.Data.LoadFromEnumerable(rows.Chunk(any.Dimension).Select(row => new Row { x = row }), schema);
                ITransformer chain = mlContext.Transforms.DetectOutOfDistribution(model, new DimeOptions { InputColumnName = nameof(Row.x) })
                    .Append(mlContext.Transforms.DetectOutOfDistribution(ensemble, new EnsembleOptions
                    {
                        DistanceColumnName = "Statistic",
                        ProbabilityColumnName = "Whole",
                        OutlierColumnName = "Flag",
                    }))
                    .Fit(data);
                using var zip = new MemoryStream();
                mlContext.Model.Save(chain, data.Schema, zip);
                zip.Position = 0;
                foreach (ITransformer pipeline in (ITransformer[])[chain, mlContext.Model.Load(zip, out _)])
                {
                    IDataView scored = pipeline.Transform(data);
                    PrecisionAssert.SameBits(model.DistanceToHyperplane(rows), [.. scored.GetColumn<float>("DimeDistance")]);
                    PrecisionAssert.SameBits(model.ProbabilityOfDistanceToHyperplane(rows), [.. scored.GetColumn<float>("DimeProbability")]);
                    PrecisionAssert.SameBits(ensemble.Statistic(rows), [.. scored.GetColumn<float>("Statistic")]);
                    PrecisionAssert.SameBits(ensemble.Probability(rows), [.. scored.GetColumn<float>("Whole")]);
                }

                return true;
            },
            iter: 25);

    [TestMethod]
    public void Probabilities_rise_with_distances() =>
        AnyRows.OfAnyShape.Sample(
            any =>
            {
                float[] rows = any.Unseen(200);
                if (any.Embedding() is { } model)
                {
                    Rises(model.DistanceToHyperplane(rows), model.ProbabilityOfDistanceToHyperplane(rows));
                }

                if (any.Ensemble() is { } ensemble)
                {
                    Rises(ensemble.Statistic(rows), ensemble.Probability(rows));
                }
            },
            iter: 25);

    // The limit is the quantile of n calibration rows: of m others about 1 − p are flagged, with the deviation of both samples.
    [TestMethod]
    public void Rows_like_those_of_the_calibration_are_flagged_at_the_rate_that_was_asked_for() =>
        Gen.Select(Gen.Int[2, 60], Gen.Int[0, 1_000_000], Gen.Double[0.5, 0.98]).Sample(
            (dimension, seed, probability) =>
            {
                const int N = 400, M = 3000;
                float[] rows = Embeddings.Features(N + N + M, dimension, seed);
                ModelledEmbedding model = ModelledEmbedding.Fit(rows.AsSpan(0, N * dimension), dimension, rank: dimension / 2)
                    .Calibrate(rows.AsSpan(N * dimension, N * dimension), 1001);

                double flagged = model.ProbabilityOfDistanceToHyperplane(rows.AsSpan(2 * N * dimension)).Count(p => p >= (float)probability) / (double)M;

                double deviation = Math.Sqrt(probability * (1 - probability) * ((1.0 / N) + (1.0 / M)));
                Assert.IsInRange(1 - probability - (6 * deviation) - 0.005, 1 - probability + (6 * deviation) + 0.005, flagged);
            },
            iter: 20);

    private static void SameAloneAndTogether(float[] rows, int dimension, int width, Func<ReadOnlyMemory<float>, float[]> measure)
    {
        float[] together = measure(rows);
        int count = rows.Length / dimension;
        float[] alone = [.. Enumerable.Range(0, count).SelectMany(i => measure(rows.AsMemory(i * dimension, dimension)))];
        PrecisionAssert.SameBits(together, alone);
        int middle = count / 3;
        PrecisionAssert.SameBits(together.AsSpan(middle * width).ToArray(), measure(rows.AsMemory(middle * dimension)));
    }

    private static void Rises(float[] distances, float[] probabilities)
    {
        (float Distance, float Probability)[] ordered = [.. distances.Zip(probabilities).Where(row => !float.IsNaN(row.First)).OrderBy(row => row.First)];
        for (int i = 1; i < ordered.Length; i++)
        {
            Assert.IsGreaterThanOrEqualTo(ordered[i - 1].Probability, ordered[i].Probability);
        }
    }

    private sealed class Row
    {
        public float[] x = [];
    }
}
