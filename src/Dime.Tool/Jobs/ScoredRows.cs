using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Reads what a model says of rows, one by one.</summary>
internal static class RowScores
{
    /// <summary>Checks that the model gives distances, and probabilities and flags where they are needed.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public static void Require(SavedModel model, bool calibrated)
    {
        DimeTransformer detector = model.Detector;
        if (detector.DistanceColumnName is null)
        {
            throw new InputException($"The detector of '{model.Path}' leaves the distance out; fit it with a DistanceColumnName.");
        }

        if (calibrated && !(detector.Embedding.IsCalibrated && detector.ProbabilityColumnName is not null && detector.OutlierColumnName is not null))
        {
            throw new InputException($"The detector of '{model.Path}' gives no probabilities and flags; fit it with a calibration and their columns.");
        }
    }

    public static IEnumerable<RowScore> Read(MLContext mlContext, SavedModel model, IRowSource rows, RowProgress progress)
    {
        IDataView view = model.Transform(mlContext, rows, progress);
        DimeTransformer detector = model.Detector;
        bool calibrated = detector.Embedding.IsCalibrated;
        string[] names =
        [
            RowColumns.Id,
            .. new[] { detector.DistanceColumnName, detector.WithinDistanceColumnName }.OfType<string>(),
            .. new[] { detector.ProbabilityColumnName, detector.OutlierColumnName, detector.WithinProbabilityColumnName }.OfType<string>().Where(_ => calibrated),
        ];

        using DataViewRowCursor cursor = view.GetRowCursor(names.Select(name => view.Schema[name]));
        Func<ReadOnlyMemory<char>> id = Required<ReadOnlyMemory<char>>(cursor, RowColumns.Id);
        Func<float> distance = Required<float>(cursor, detector.DistanceColumnName!);
        Func<float?> probability = Optional<float>(cursor, calibrated ? detector.ProbabilityColumnName : null);
        Func<bool?> flag = Optional<bool>(cursor, calibrated ? detector.OutlierColumnName : null);
        Func<float?> withinDistance = Optional<float>(cursor, detector.WithinDistanceColumnName);
        Func<float?> withinProbability = Optional<float>(cursor, calibrated ? detector.WithinProbabilityColumnName : null);
        while (cursor.MoveNext())
        {
            yield return new RowScore(id().ToString(), distance(), probability(), flag(), withinDistance(), withinProbability());
        }
    }

    private static Func<T> Required<T>(DataViewRowCursor cursor, string name)
        where T : struct
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(cursor.Schema[name]);
        T value = default;
        return () =>
        {
            getter(ref value);
            return value;
        };
    }

    private static Func<T?> Optional<T>(DataViewRowCursor cursor, string? name)
        where T : struct
    {
        if (name is null)
        {
            return () => null;
        }

        Func<T> value = Required<T>(cursor, name);
        return () => value();
    }
}
