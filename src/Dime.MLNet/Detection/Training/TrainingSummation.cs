using Dime.MLNet.Internals;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>Sums data views in one pass, in blocks.</summary>
internal static class TrainingSummation
{
    /// <exception cref="ArgumentException">A column is missing, or does not hold what it should.</exception>
    /// <exception cref="InvalidOperationException">What is wanted of the columns is not possible, or a row cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The environment was cancelled.</exception>
    public static TrainingSums Run(
        IHostEnvironment environment,
        IDataView data,
        ScoringSettings settings,
        FitSettings fit,
        CalibrationRows calibration,
        AccumulationOptions options,
        string parameterName)
    {
        InputColumns columns = fit.RequireColumns(data.Schema, settings, parameterName);
        var setup = new TrainingSetup(settings, fit, calibration, columns.Dimensions, EnvironmentAccess.SeedOf(environment) ?? 0, options.Properties);
        var sums = new TrainingSums(setup, fit.Begin(setup.Reading, columns.Dimensions), options.Source);
        RowDraw? draw = sums.Sample is { } sample ? new RowDraw(sample, calibration.Share, setup.Seed, options.Source) : null;
        using var blocks = new EmbeddingReader(data, columns, name => fit.ClassNumber(sums.Rows, name));
        while (blocks.MoveNext())
        {
            EnvironmentAccess.ThrowIfCancelled(environment);
            int count = draw is null ? blocks.Count : Draw(blocks, draw, calibration.IsHeldOut);
            sums.Rows.Add(
                blocks.Rows[..(count * blocks.Width)],
                blocks.HasClasses ? blocks.Classes[..count] : [],
                blocks.HasWeights ? blocks.Weights[..count] : []);
        }

        sums.Rows.Settle();
        return sums;
    }

    /// <summary>Draws from a block, and fills the gaps that held-out rows leave from its end; returns how many rows remain.</summary>
    private static int Draw(EmbeddingReader blocks, RowDraw draw, bool holdOut)
    {
        int remaining = blocks.Count;
        for (int i = 0; i < remaining;)
        {
            Span<float> row = blocks.Rows.Slice(i * blocks.Width, blocks.Width);
            if (!holdOut)
            {
                draw.Offer(blocks.Ids[i++], row);
                continue;
            }

            var facts = new RowFacts(
                blocks.HasWeights ? blocks.Weights[i] : RowFacts.Plain.Weight, blocks.HasClasses ? blocks.Classes[i] : RowFacts.Plain.Class);
            if (draw.Hold(blocks.Ids[i], row, ref facts))
            {
                blocks.Move(--remaining, i);
                continue;
            }

            if (blocks.HasWeights)
            {
                blocks.Weights[i] = facts.Weight;
            }

            if (blocks.HasClasses)
            {
                blocks.Classes[i] = facts.Class;
            }

            i++;
        }

        return remaining;
    }
}
