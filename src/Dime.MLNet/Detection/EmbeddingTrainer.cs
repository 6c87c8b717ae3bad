using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Internals;
using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>Fits and calibrates models on data views: one pass each, in blocks, with a word to the log.</summary>
internal sealed class EmbeddingTrainer(IHost host, ScoringSettings settings)
{
    // The rows of a sample lie apart; side by side, a block of them is measured on all cores.
    private const int SampleBlockRows = 512;

    public ModelledEmbedding Fit(IDataView data, FitSettings options, CalibrationRows calibration, string parameterName)
    {
        DataViewSchema.Column features = FeatureColumn.Require(data.Schema, settings.InputColumnName, parameterName);
        DataViewSchema.Column? weight = options.ExampleWeightColumnName is null
            ? null
            : FeatureColumn.RequireWeight(data.Schema, options.ExampleWeightColumnName, parameterName);
        CheckRank(options.Rank, FeatureColumn.Dimension(features));

        using IChannel channel = host.Start("Fit");
        var clock = Stopwatch.StartNew();
        RowSample? sample = calibration.MaxRows > 0
            ? new RowSample(calibration.Share, calibration.MaxRows, EnvironmentAccess.SeedOf(host) ?? 0)
            : null;
        EmbeddingAccumulator sums = Sum(data, features, weight, sample, calibration.IsHeldOut);
        CheckHeldOut(sums, sample);

        ModelledEmbedding model = FitHyperplane(sums, options);
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The hyperplane of column '{settings.InputColumnName}' has rank {model.Rank} of {model.Dimension} and explains {model.ExplainedVariance.Sum():P2} of {sums.Count} rows ({clock.Elapsed.TotalSeconds:F2} s)."));
        if (sample is null)
        {
            WarnOfSkipped(channel, sums.SkippedCount, sums.Count);
            return model;
        }

        CalibrationSample distances = Measure(model, sample);

        // Held-out rows are others than those of the sums; the rows of a training-set sample are among them.
        (long skipped, long used) = calibration.IsHeldOut ? (distances.SkippedCount, distances.Count) : (0, 0);
        WarnOfSkipped(channel, sums.SkippedCount + skipped, sums.Count + used);
        return Calibrate(channel, model, distances);
    }

    public ModelledEmbedding Calibrate(ModelledEmbedding model, IDataView data, string parameterName)
    {
        DataViewSchema.Column features = FeatureColumn.Require(data.Schema, settings.InputColumnName, parameterName);
        RequireDimension(features, model, parameterName);

        using IChannel channel = host.Start("Calibrate");
        var distances = new CalibrationSample(model);
        using var blocks = new EmbeddingReader(data, features, weight: null);
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(host);
            distances.Add(blocks.Rows);
        }

        WarnOfSkipped(channel, distances.SkippedCount, distances.Count);
        return Calibrate(channel, model, distances);
    }

    public static void RequireDimension(DataViewSchema.Column features, ModelledEmbedding model, string parameterName)
    {
        int dimension = FeatureColumn.Dimension(features);
        if (dimension != model.Dimension)
        {
            throw new ArgumentException(
                $"Column '{features.Name}' has embeddings of {dimension} values, but the model was fitted to {model.Dimension}: "
                + "use the same network and layer, or fit again.",
                parameterName);
        }
    }

    private static void CheckRank(int? rank, int dimension)
    {
        if (rank > dimension)
        {
            throw new InvalidOperationException(
                $"The rank {rank} is above the length of the embeddings, {dimension}: choose {dimension} or less.");
        }
    }

    private EmbeddingAccumulator Sum(
        IDataView data, DataViewSchema.Column features, DataViewSchema.Column? weight, RowSample? sample, bool holdOut)
    {
        using var blocks = new EmbeddingReader(data, features, weight);
        var sums = new EmbeddingAccumulator(blocks.Dimension);
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(host);
            int count = sample is null ? blocks.Count : Draw(blocks, sample, holdOut);
            ReadOnlySpan<float> rows = blocks.Rows[..(count * blocks.Dimension)];
            if (blocks.HasWeights)
            {
                sums.Add(rows, blocks.Weights[..count]);
            }
            else
            {
                sums.Add(rows);
            }
        }

        return sums;
    }

    /// <summary>Draws from a block and closes the gaps that held-out rows leave; returns how many rows remain.</summary>
    private static int Draw(EmbeddingReader blocks, RowSample sample, bool holdOut)
    {
        int remaining = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            Span<float> row = blocks.Rows.Slice(i * blocks.Dimension, blocks.Dimension);
            float weight = blocks.HasWeights ? blocks.Weights[i] : 1;
            if (!holdOut)
            {
                sample.Offer(blocks.Ids[i], row);
            }
            else if (sample.Hold(blocks.Ids[i], row, ref weight))
            {
                continue;
            }

            row.CopyTo(blocks.Rows[(remaining * blocks.Dimension)..]);
            if (blocks.HasWeights)
            {
                blocks.Weights[remaining] = weight;
            }

            remaining++;
        }

        return remaining;
    }

    private static CalibrationSample Measure(ModelledEmbedding model, RowSample sample)
    {
        var distances = new CalibrationSample(model);
        float[] block = new float[Math.Min(sample.Count, SampleBlockRows) * model.Dimension];
        foreach (float[][] rows in sample.Rows.Chunk(SampleBlockRows))
        {
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i].CopyTo(block, i * model.Dimension);
            }

            distances.Add(block.AsSpan(0, rows.Length * model.Dimension));
        }

        return distances;
    }

    private void CheckHeldOut(EmbeddingAccumulator sums, RowSample? sample)
    {
        long others = sums.Count + sums.SkippedCount;
        if (sample is null || (sample.Count > 0 && others > 0) || sample.Count + others == 0)
        {
            return;
        }

        throw new InvalidOperationException(
            $"Of the {sample.Count + others} rows of column '{settings.InputColumnName}', {sample.Count} were held out for calibration: too few rows to "
            + "share out. Give more rows, or other rows to calibrate on, or do without calibration.");
    }

    private ModelledEmbedding FitHyperplane(EmbeddingAccumulator sums, FitSettings options)
    {
        try
        {
            ModelledEmbedding model = sums.Fit(options.ExplainedVarianceThreshold, options.Rank);
            return !settings.NeedsDistanceWithin || model.HasDistanceWithinHyperplane
                ? model
                : throw new InvalidOperationException(
                    "The distance within the hyperplane needs two or more rows, of a total weight above 1: give more, or leave its columns out.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new InvalidOperationException($"Column '{settings.InputColumnName}' cannot be fitted. {e.Message}", e);
        }
    }

    private ModelledEmbedding Calibrate(IChannel channel, ModelledEmbedding model, CalibrationSample distances)
    {
        if (distances.Count == 0)
        {
            throw new InvalidOperationException(distances.SkippedCount == 0
                ? $"There are no rows in column '{settings.InputColumnName}' to calibrate on: give at least one."
                : $"All {distances.SkippedCount} calibration rows of column '{settings.InputColumnName}' have values that are not finite.");
        }

        ModelledEmbedding calibrated = model.Calibrate(distances, settings.PercentileCount);
        foreach (string warning in CalibrationWarnings.Of(calibrated, distances, settings))
        {
            channel.Warning(MessageSensitivity.Schema, warning);
        }

        channel.Info(MessageSensitivity.None, $"{distances.Count} rows calibrate the probabilities.");
        return calibrated;
    }

    private void WarnOfSkipped(IChannel channel, long skipped, long used)
    {
        if (skipped > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{skipped} of {skipped + used} rows were left out: column '{settings.InputColumnName}' has values in them that are not finite.");
        }
    }
}
