using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>The rows of one input, and what a model says of each.</summary>
internal sealed class ScoredRows : IDisposable
{
    private readonly SavedModel _model;
    private readonly IRowSource _rows;

    /// <summary>Opens rows of the kind that a model takes.</summary>
    /// <exception cref="InputException">They are of another kind, or cannot be read.</exception>
    public ScoredRows(SavedModel model, string path, EmbeddingOptions options)
    {
        _model = model;
        _rows = Open(model, path, options);
    }

    /// <summary>The input as the user named it.</summary>
    public string Name => _rows.Name;

    /// <summary>The number of rows; null where only reading them tells.</summary>
    public long? RowCount => _rows.RowCount;

    /// <summary>Checks that a model gives distances, and probabilities and flags where they are needed or come with the calibration.</summary>
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

    /// <summary>Reads the rows and scores them, one by one.</summary>
    /// <exception cref="InputException">A row cannot be read, or not be scored.</exception>
    public IEnumerable<RowScore> Read(RowProgress progress)
    {
        IDataView view = LibraryErrors.AsInput(() => _model.Transform(_rows.ToView(new MLContext(), _model.InputColumnName, progress)));
        DimeTransformer detector = _model.Detector;
        bool calibrated = detector.Embedding.IsCalibrated;
        string[] names =
        [
            RowColumns.Id,
            .. new[] { detector.DistanceColumnName, detector.WithinDistanceColumnName }.OfType<string>(),
            .. new[] { detector.ProbabilityColumnName, detector.OutlierColumnName, detector.WithinProbabilityColumnName }.OfType<string>().Where(_ => calibrated),
        ];

        using DataViewRowCursor cursor = LibraryErrors.AsInput(() => view.GetRowCursor(names.Select(name => view.Schema[name])));
        Func<ReadOnlyMemory<char>> id = Required<ReadOnlyMemory<char>>(cursor, RowColumns.Id);
        Func<float> distance = Required<float>(cursor, detector.DistanceColumnName!);
        Func<float?> probability = Optional<float>(cursor, calibrated ? detector.ProbabilityColumnName : null);
        Func<bool?> flag = Optional<bool>(cursor, calibrated ? detector.OutlierColumnName : null);
        Func<float?> withinDistance = Optional<float>(cursor, detector.WithinDistanceColumnName);
        Func<float?> withinProbability = Optional<float>(cursor, calibrated ? detector.WithinProbabilityColumnName : null);
        RowScore? Next() => cursor.MoveNext()
            ? new RowScore(id().ToString(), distance(), probability(), flag(), withinDistance(), withinProbability())
            : null;

        while (LibraryErrors.AsInput(Next, _rows.Explain) is { } score)
        {
            yield return score;
        }
    }

    public void Dispose() => _rows.Dispose();

    private static IRowSource Open(SavedModel model, string path, EmbeddingOptions options)
    {
        if (model.TakesImages)
        {
            return path != EmbeddingFile.StandardInput
                ? new ImageFolder(path)
                : throw new InputException($"'{model.Path}' takes images, which standard input cannot give; name a folder of images.");
        }

        return !Directory.Exists(path)
            ? new EmbeddingFile(path, options)
            : throw new InputException($"'{model.Path}' takes embeddings, and '{path}' is a folder; name a file of embeddings.");
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
