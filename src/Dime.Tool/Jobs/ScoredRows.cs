using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Jobs;

/// <summary>The rows of one input, and what a model says of each.</summary>
internal sealed class ScoredRows : IDisposable
{
    private readonly SavedModel _model;
    private readonly IRowSource _rows;
    private readonly UnreadableImages _unreadable;

    /// <summary>Opens rows of the kind that a model takes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The folder of images, or the file of embeddings.</param>
    /// <param name="options">How a file of embeddings is read.</param>
    /// <param name="skipsUnreadable">Whether images that cannot be read are left out.</param>
    /// <exception cref="InputException">They are of another kind, or cannot be read.</exception>
    public ScoredRows(SavedModel model, string path, EmbeddingOptions options, bool skipsUnreadable)
    {
        if (skipsUnreadable && !model.TakesImages)
        {
            throw new InputException($"'{model.Path}' takes embeddings, and --skip-unreadable is for images; leave it out.");
        }

        _model = model;
        _unreadable = new UnreadableImages(skipsUnreadable);
        _rows = Open(model, path, options);
    }

    /// <summary>The input as the user named it.</summary>
    public string Name => _rows.Name;

    /// <summary>What was taken from a file of embeddings; null for images.</summary>
    public TakenColumns? Columns => _rows.Columns;

    /// <summary>The number of rows; null where only reading them tells.</summary>
    public long? RowCount => _rows.RowCount;

    /// <summary>The images that were left out of the rows read so far because they cannot be read.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable => _unreadable.Skipped;

    /// <summary>Checks that a model gives distances, and probabilities and flags where they are needed or come with the calibration.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public static void Require(SavedModel model, bool calibrated)
    {
        DetectorTransformer detector = model.Detector;
        if (detector.DistanceColumnName is null)
        {
            throw new InputException($"The detector of '{model.Path}' leaves the distance out; fit it with a DistanceColumnName.");
        }

        if (detector is EnsembleTransformer { IsCalibrated: false })
        {
            throw new InputException($"The ensemble of '{model.Path}' is not calibrated, and says nothing of a row before it is; calibrate it on rows that it was not fitted to.");
        }

        if (calibrated && !(detector.IsCalibrated && detector.ProbabilityColumnName is not null && detector.OutlierColumnName is not null))
        {
            throw new InputException($"The detector of '{model.Path}' gives no probabilities and flags; fit it with a calibration and their columns.");
        }
    }

    /// <summary>Reads the rows and scores them, one by one.</summary>
    /// <exception cref="InputException">A row cannot be read, or not be scored.</exception>
    public IEnumerable<RowScore> Read(RowProgress progress)
    {
        var mlContext = new MLContext();
        IDataView view = LibraryErrors.AsInput(
            () => _model.Transform(mlContext, _rows.ToView(mlContext, _model.InputColumn.Name, progress), _unreadable));
        DetectorTransformer detector = _model.Detector;
        var dime = detector as DimeTransformer;
        bool calibrated = detector.IsCalibrated;
        string? scoresName = _model.Scores.Count > 0 ? ((EnsembleTransformer)detector).ScoreProbabilitiesColumnName : null;
        string[] names =
        [
            RowColumns.Id,
            .. new[] { detector.DistanceColumnName, dime?.WithinDistanceColumnName, scoresName }.OfType<string>(),
            .. new[] { detector.ProbabilityColumnName, detector.OutlierColumnName, dime?.WithinProbabilityColumnName }.OfType<string>().Where(_ => calibrated),
        ];

        using DataViewRowCursor cursor = LibraryErrors.AsInput(() => view.GetRowCursor(names.Select(name => view.Schema[name])));
        Func<ReadOnlyMemory<char>> id = Required<ReadOnlyMemory<char>>(cursor, RowColumns.Id);
        Func<float> distance = Required<float>(cursor, detector.DistanceColumnName!);
        Func<float?> probability = Optional<float>(cursor, calibrated ? detector.ProbabilityColumnName : null);
        Func<bool?> flag = Optional<bool>(cursor, calibrated ? detector.OutlierColumnName : null);
        Func<float?> withinDistance = Optional<float>(cursor, dime?.WithinDistanceColumnName);
        Func<float?> withinProbability = Optional<float>(cursor, calibrated ? dime?.WithinProbabilityColumnName : null);
        Func<float[]> scores = Scores(cursor, scoresName);
        TopScore? top = scoresName is null ? null : new TopScore(_model.Scores);
        RowScore? Next()
        {
            if (!cursor.MoveNext())
            {
                return null;
            }

            float[] each = scores();
            return new RowScore(id().ToString(), distance(), probability(), flag(), withinDistance(), withinProbability(), top?.Of(each)) { ScoreProbabilities = each };
        }

        while (LibraryErrors.AsInput(Next) is { } score)
        {
            yield return score;
        }

        if (_unreadable.ExplainNone(Name, RowCount) is { } sentence)
        {
            throw new InputException(sentence);
        }
    }

    public void Dispose() => _rows.Dispose();

    private static IRowSource Open(SavedModel model, string path, EmbeddingOptions options)
    {
        if (model.TakesImages)
        {
            if (options.Given is [var option, ..])
            {
                throw new InputException($"'{model.Path}' takes images, to which {option} does not apply; leave it out.");
            }

            return path != EmbeddingFile.StandardInput
                ? new ImageFolder(path)
                : throw new InputException($"'{model.Path}' takes images, which standard input cannot give; name a folder of images.");
        }

        return !Directory.Exists(path)
            ? new EmbeddingFile(path, options, ColumnLayout.Of(model.InputColumn))
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

    private static Func<float[]> Scores(DataViewRowCursor cursor, string? name)
    {
        if (name is null)
        {
            return () => [];
        }

        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[name]);
        VBuffer<float> values = default;
        return () =>
        {
            getter(ref values);
            return [.. values.DenseValues()];
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
