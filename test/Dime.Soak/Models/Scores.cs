using Dime.MLNet;
using Dime.Soak.Measuring;
using Microsoft.ML;

namespace Dime.Soak.Models;

/// <summary>What a model says of rows.</summary>
internal sealed record Scores(float[] Distances, float[] Probabilities)
{
    /// <summary>Through the whole pipeline.</summary>
    public static Scores Of(ITransformer model, DetectorTransformer detector, IDataView rows)
    {
        IDataView scored = model.Transform(rows);
        DataViewSchema.Column[] columns = [scored.Schema[detector.DistanceColumnName!], scored.Schema[detector.ProbabilityColumnName!]];
        List<float>[] values = [[], []];
        using DataViewRowCursor cursor = scored.GetRowCursor(columns);
        ValueGetter<float>[] getters = [.. columns.Select(cursor.GetGetter<float>)];
        float value = 0;
        while (cursor.MoveNext())
        {
            for (int i = 0; i < getters.Length; i++)
            {
                getters[i](ref value);
                values[i].Add(value);
            }
        }

        return new Scores([.. values[0]], [.. values[1]]);
    }

    /// <summary>Compares each row with what was said of it before.</summary>
    /// <param name="expected">What was said.</param>
    /// <param name="rows">Which rows these are.</param>
    /// <param name="tolerance">0 for the same bits; else a share of the distance, as batches of a network round otherwise.</param>
    /// <param name="what">What was done.</param>
    /// <exception cref="SoakException">A row differs.</exception>
    public void Require(Scores expected, Range rows, double tolerance, string what)
    {
        Require(expected.Distances[rows], Distances, tolerance, $"{what}: the distance");

        // A knot of the calibration may lie between two distances that are nearly the same.
        Require(expected.Probabilities[rows], Probabilities, tolerance == 0 ? 0 : 0.02, $"{what}: the probability");
    }

    private static void Require(float[] expected, float[] actual, double tolerance, string what)
    {
        if (expected.Length != actual.Length)
        {
            throw new SoakException($"{what} is there {actual.Length} times instead of {expected.Length}.");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            bool isSame = tolerance == 0
                ? BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                : Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            if (!isSame)
            {
                throw new SoakException($"{what} of row {i} of {expected.Length} is {actual[i]:R} instead of {expected[i]:R}.");
            }
        }
    }
}
