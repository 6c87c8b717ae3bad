using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
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

    /// <summary>Reads the rows and scores them, one by one.</summary>
    /// <exception cref="InputException">A row cannot be read, or not be scored.</exception>
    public IEnumerable<RowScore> Read(RowProgress progress)
    {
        var mlContext = new MLContext();
        IDataView view = ToView(mlContext, progress);
        IEnumerable<string> names = ScoreReader.Columns(_model).Prepend(RowColumns.Id);
        using DataViewRowCursor cursor = LibraryErrors.AsInput(() => view.GetRowCursor(names.Select(name => view.Schema[name])));
        Func<ReadOnlyMemory<char>> id = ScoreReader.Required<ReadOnlyMemory<char>>(cursor, RowColumns.Id);
        var reader = new ScoreReader(cursor, _model);
        RowScore? Next() => cursor.MoveNext() ? reader.Read(id().ToString()) : null;
        while (LibraryErrors.AsInput(Next) is { } score)
        {
            yield return score;
        }

        RequireReadable();
    }

    /// <summary>Reads the rows, and tests whether they drifted.</summary>
    /// <exception cref="InputException">A row cannot be read, or there is none.</exception>
    public DriftResult TestDrift(RowProgress progress, DriftOptions options)
    {
        IDataView view = ToView(new MLContext(), progress);
        return LibraryErrors.AsInput(
            () => DriftTest.Run(_model.Detector, view, options),
            exception =>
            {
                RequireReadable();
                return null;
            });
    }

    private IDataView ToView(MLContext mlContext, RowProgress progress) => LibraryErrors.AsInput(
        () => ImageLoading.Transform(mlContext, _model.Parts, _rows.ToView(mlContext, _model.InputColumn.Name, progress), _unreadable));

    private void RequireReadable()
    {
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
}
