using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.Server.Models;

/// <summary>The rows of a batch as a pipeline reads them. Columns that the pipeline was fitted with, and scoring does not need, have nothing in them.</summary>
internal sealed class BatchView : IDataView
{
    /// <summary>The place of a row in its batch.</summary>
    public const string NumberColumn = "dime.number";

    /// <summary>The image of a row.</summary>
    public const string ImageColumn = "dime.image";

    private readonly int _input;

    /// <param name="columns">The columns that the pipeline was fitted to.</param>
    /// <param name="input">The one among them that scoring needs: of embeddings, or of paths of images.</param>
    public BatchView(DataViewSchema columns, DataViewSchema.Column input)
    {
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in columns.Where(column => !column.IsHidden && column.Name is not (NumberColumn or ImageColumn)))
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        builder.AddColumn(NumberColumn, NumberDataViewType.Int32);
        builder.AddColumn(ImageColumn, new ImageDataViewType());
        Schema = builder.ToSchema();
        _input = Schema[input.Name].Index;
    }

    /// <summary>The rows that cursors read which are made from now on.</summary>
    public IReadOnlyList<RowInput> Rows { get; set; } = [];

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => Rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(Schema, _input, Rows, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewSchema schema, int input, IReadOnlyList<RowInput> rows, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override bool MoveNext() => ++_position < rows.Count;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<T> GetGetter<T>(DataViewSchema.Column column)
        {
            Delegate getter = column.Name switch
            {
                NumberColumn => (ValueGetter<int>)((ref int value) => value = (int)_position),
                ImageColumn => (ValueGetter<MLImage>)((ref MLImage value) => value = rows[(int)_position].Image!.ForPipeline()),
                _ when column.Index == input && column.Type is VectorDataViewType =>
                    (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(rows[(int)_position].Embedding!, ref value)),
                _ when column.Index == input => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = rows[(int)_position].Id.AsMemory()),
                _ => (ValueGetter<T>)((ref T value) => value = default!),
            };
            return getter as ValueGetter<T> ?? throw new InvalidOperationException($"The column '{column.Name}' has values of {column.Type}, not of {typeof(T).Name}.");
        }

        private static void Copy(float[] embedding, ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, embedding.Length);
            embedding.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
