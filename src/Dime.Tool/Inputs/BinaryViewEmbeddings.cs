using System.Globalization;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>A data view in ML.NET's binary format (<c>mlContext.Data.SaveAsBinary</c>) with a vector column of embeddings.</summary>
internal sealed class BinaryViewEmbeddings : IEmbeddingReader
{
    private readonly string _path;
    private readonly IDataView _view;
    private readonly DataViewSchema.Column _features;
    private readonly DataViewSchema.Column? _id;

    public BinaryViewEmbeddings(string path, EmbeddingOptions options)
    {
        _path = path;
        try
        {
            _view = new MLContext().Data.LoadFromBinary(path);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException or ArgumentException)
        {
            throw new InputException($"'{path}' is not a data view that ML.NET saved; write it with mlContext.Data.SaveAsBinary.", e);
        }

        DataViewSchema.Column[] vectors = [.. _view.Schema.Where(column => !column.IsHidden && IsEmbedding(column.Type))];
        _features = options.Columns switch
        {
            null when vectors.Length == 1 => vectors[0],
            [var name] => vectors.Cast<DataViewSchema.Column?>().FirstOrDefault(column => column!.Value.Name == name)
                ?? throw new InputException($"'{path}' has no vector of Single named '{name}'; it has {Names(vectors)}."),
            _ => throw new InputException($"'{path}' has {Names(vectors)}; name one vector of Single with --columns."),
        };
        _id = _view.Schema.Cast<DataViewSchema.Column?>().FirstOrDefault(
            column => column!.Value.Type is TextDataViewType && (options.IdColumn is null || column.Value.Name == options.IdColumn));
        if (options.IdColumn is not null && _id is null)
        {
            throw new InputException($"'{path}' has no text column '{options.IdColumn}' to tell rows apart; leave --id out to number them.");
        }

        Dimension = ((VectorDataViewType)_features.Type).Size;
        RowCount = _view.GetRowCount();
    }

    public int Dimension { get; }

    public long? RowCount { get; }

    public IEnumerable<EmbeddingRow> Read()
    {
        DataViewSchema.Column[] columns = _id is { } id ? [_features, id] : [_features];
        using DataViewRowCursor cursor = _view.GetRowCursor(columns);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(_features);
        ValueGetter<ReadOnlyMemory<char>>? ids = _id is { } column ? cursor.GetGetter<ReadOnlyMemory<char>>(column) : null;
        VBuffer<float> values = default;
        ReadOnlyMemory<char> text = default;
        bool Next()
        {
            if (!cursor.MoveNext())
            {
                return false;
            }

            features(ref values);
            ids?.Invoke(ref text);
            return true;
        }

        while (Read(Next))
        {
            yield return new EmbeddingRow
            {
                Id = ids is null ? cursor.Position.ToString(CultureInfo.InvariantCulture) : text.ToString(),
                Features = [.. values.DenseValues()],
            };
        }
    }

    public void Dispose() => (_view as IDisposable)?.Dispose();

    private bool Read(Func<bool> next)
    {
        try
        {
            return next();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InputException($"'{_path}' cannot be read to its end ({Failure.CauseOf(e).Message.TrimEnd('.')}); write it again with mlContext.Data.SaveAsBinary.", e);
        }
    }

    private static bool IsEmbedding(DataViewType type) =>
        type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;

    private static string Names(DataViewSchema.Column[] columns) =>
        columns.Length == 0 ? "no vector of Single" : string.Join(", ", columns.Select(column => $"'{column.Name}'"));
}
