using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>Reads a cursor such that what fails there becomes the cause of an exception that names the row.</summary>
/// <param name="cursor">The cursor; whoever made it disposes it.</param>
internal sealed class LocatedCursor(DataViewRowCursor cursor) : IColumnSource
{
    public long Position => cursor.Position;

    /// <summary>Moves to the next row.</summary>
    public bool MoveNext()
    {
        // The cursor may stand on no row after it has failed.
        long row = cursor.Position + 1;
        try
        {
            return cursor.MoveNext();
        }
        catch (Exception exception) when (RowException.IsMissingFrom(exception))
        {
            // ML.NET computes some rows ahead on other threads, and does not say which of them failed.
            throw new RowException($"Row {row} (counted from 0) or one of those after it could not be read: {exception.GetBaseException().Message}", exception);
        }
    }

    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column)
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(column);
        return (ref T value) =>
        {
            try
            {
                getter(ref value);
            }
            catch (Exception exception) when (RowException.IsMissingFrom(exception))
            {
                throw new RowException($"Column '{column.Name}' could not be read at row {cursor.Position} (counted from 0): {exception.Message}", exception);
            }
        };
    }
}
