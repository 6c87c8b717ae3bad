using Dime.MLNet;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Modelling.Ensembles;
using Dime.Soak.Measuring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Soak.Models;

/// <summary>The models: DIME, Mahalanobis, an ensemble, and DIME behind a network. What is expected of the first two is checked against a second computation in double precision.</summary>
internal static class Subjects
{
    private const int Dimension = 48;
    private const int Rank = 12;
    private const int ImageValues = 3 * 32 * 32;
    private const string Column = nameof(SoakRow.Features);

    public static IReadOnlyList<Subject> Create()
    {
        float[][] train = Embeddings.Split(Embeddings.Features(1500, Dimension, seed: 1), Dimension);
        float[][] rows = Embeddings.Split(Embeddings.Features(2000, Dimension, seed: 2), Dimension);
        Subject dime = new("DIME", mlContext => mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = Rank, Calibration = Calibration.TrainingSet }), train, rows, tolerance: 0);
        Subject mahalanobis = new("Mahalanobis", mlContext => mlContext.Transforms.DetectOutOfDistribution(Ensemble(OutOfDistributionScore.Mahalanobis(Column))), train, rows, tolerance: 0);
        Subject ensemble = new(
            "ensemble",
            mlContext => mlContext.Transforms.DetectOutOfDistribution(Ensemble(
                OutOfDistributionScore.Hyperplane(Column, rank: Rank), OutOfDistributionScore.Mahalanobis(Column), OutOfDistributionScore.FeatureNorm(Column))),
            train,
            rows,
            tolerance: 0);
        Subject network = new("network", Network, Images(300, seed: 3), Images(200, seed: 4), tolerance: 1e-3);
        Check(dime, train);
        CheckMahalanobis(mahalanobis, train);
        return [dime, mahalanobis, ensemble, network];
    }

    private static EnsembleOptions Ensemble(params OutOfDistributionScore[] scores) => new() { Scores = scores, Calibration = Calibration.TrainingSet };

    private static EstimatorChain<DimeTransformer> Network(MLContext mlContext) => mlContext.Transforms
        .ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            ModelFile = Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx"),
            InputColumnNames = [Column],
            TensorNames = ["/ReduceMean_output_0"],
            OutputColumnNames = ["Embedding"],
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
        })
        .Append(mlContext.Transforms.DetectOutOfDistribution("Embedding", rank: 8));

    // Smooth patches: what a convolution tells apart.
    private static float[][] Images(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] waves = [.. Enumerable.Range(0, 9).Select(_ => random.NextDouble())];
            return Enumerable.Range(0, ImageValues).Select(i =>
            {
                (int channel, int y, int x) = (i / 1024, i / 32 % 32, i % 32);
                return (float)(0.5 + (0.3 * Math.Sin((waves[channel] * x) + (waves[3 + channel] * y) + (6 * waves[6 + channel]))) + (0.1 * random.NextDouble()));
            }).ToArray();
        })];
    }

    private static void Check(Subject subject, float[][] train)
    {
        var plain = new DoublePrecisionDime([.. train.SelectMany(row => row)], Dimension, Rank);
        Check(subject, row => plain.Distance(row));
    }

    // The distance of an ensemble is not that of its score, but what it makes of its p-value; the order of rows is the same.
    private static void CheckMahalanobis(Subject subject, float[][] train)
    {
        var plain = new DoublePrecisionMahalanobis([.. train.SelectMany(row => row)], Dimension, new int[train.Length]);
        double[] known = [.. train.Select(plain.Mahalanobis).Order()];
        for (int i = 0; i < subject.Rows.Length; i++)
        {
            double share = known.Count(distance => distance <= plain.Mahalanobis(subject.Rows[i])) / (double)known.Length;
            Require(subject, i, share, subject.Expected.Probabilities[i], 0.01);
        }
    }

    private static void Check(Subject subject, Func<float[], double> distance)
    {
        for (int i = 0; i < subject.Rows.Length; i++)
        {
            double expected = distance(subject.Rows[i]);
            Require(subject, i, expected, subject.Expected.Distances[i], 1e-4 * expected);
        }
    }

    private static void Require(Subject subject, int row, double expected, double actual, double tolerance)
    {
        if (!(Math.Abs(expected - actual) <= tolerance))
        {
            throw new SoakException($"{subject.Name} says {actual:R} of row {row}, and a computation in double precision {expected:R}.");
        }
    }
}
