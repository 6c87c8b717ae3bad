using System.Data.Common;
using Dime.Server.Scoring;

namespace Dime.Server.History;

/// <summary>Writes rows to a database, and removes what is old or too much.</summary>
internal sealed class HistoryStore(HistoryDatabase database, DimeMonitoringOptions options) : IAsyncDisposable
{
    private bool _isReady;

    /// <summary>Writes rows, all or none.</summary>
    public async Task WriteAsync(IReadOnlyList<HistoryRow> rows, CancellationToken cancelled)
    {
        DbConnection connection = await OpenAsync(cancelled).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            DbTransaction transaction = await connection.BeginTransactionAsync(cancelled).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await (connection.CanCreateBatch ? WriteBatchAsync(connection, transaction, rows, cancelled) : WriteEachAsync(connection, transaction, rows, cancelled)).ConfigureAwait(false);
                await transaction.CommitAsync(cancelled).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes rows that are older than they may be or more than they may be, and copies of images that are.</summary>
    public async Task RetainAsync(DateTimeOffset now, CancellationToken cancelled)
    {
        DbConnection connection = await OpenAsync(cancelled).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            (string Text, string Name, object Value)[] commands =
            [
                ("DELETE FROM dime_rows WHERE scored_at < @before", "before", (now - options.HistoryRetention).UtcDateTime),
                ("DELETE FROM dime_rows WHERE number <= (SELECT number FROM dime_rows ORDER BY number DESC LIMIT 1 OFFSET @most)", "most", options.HistoryRows),
                ("UPDATE dime_rows SET thumbnail = NULL, thumbnail_type = NULL WHERE thumbnail IS NOT NULL AND number <= "
                    + "(SELECT number FROM dime_rows WHERE thumbnail IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET @most)", "most", (long)options.HistoryThumbnails),
            ];
            foreach ((string text, string name, object value) in commands)
            {
                DbCommand command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    command.CommandText = text;
                    Add(command, name, value);
                    await command.ExecuteNonQueryAsync(cancelled).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Reads what a model said lately.</summary>
    /// <param name="model">The model; rows that another file of its name scored are not read.</param>
    /// <param name="since">From when on.</param>
    /// <param name="most">The most rows; the latest are read.</param>
    /// <param name="mostFlagged">The most flagged rows, with copies of their images.</param>
    /// <param name="cancelled">Ends the reading.</param>
    public async Task<RecentRows> ReadAsync(ServedModel model, DateTimeOffset since, int most, int mostFlagged, CancellationToken cancelled)
    {
        DbConnection connection = await OpenAsync(cancelled).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return new RecentRows(
                await ReadAsync(connection, HistoryRow.SelectRecent, model, [("most", most), ("since", since.UtcDateTime)], cancelled).ConfigureAwait(false),
                await ReadAsync(connection, HistoryRow.SelectFlagged, model, [("most", mostFlagged)], cancelled).ConfigureAwait(false));
        }
    }

    /// <summary>Makes the tables where there are none.</summary>
    public async Task PrepareAsync(CancellationToken cancelled) => await (await OpenAsync(cancelled).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task<DbConnection> OpenAsync(CancellationToken cancelled)
    {
        DbConnection connection = await database.Source.OpenConnectionAsync(cancelled).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                await HistorySchema.EnsureAsync(connection, database.Dialect, cancelled).ConfigureAwait(false);
                _isReady = true;
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <returns>The rows of a query that has the latest first, in the order in which they were scored.</returns>
    private static async Task<IReadOnlyList<HistoryRow>> ReadAsync(
        DbConnection connection, string text, ServedModel model, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancelled)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = text;
            Add(command, "model_hash", model.Hash);
            foreach ((string name, object value) in parameters)
            {
                Add(command, name, value);
            }

            DbDataReader reader = await command.ExecuteReaderAsync(cancelled).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<HistoryRow> rows = [];
                while (await reader.ReadAsync(cancelled).ConfigureAwait(false))
                {
                    rows.Add(HistoryRow.Read(reader, model));
                }

                rows.Reverse();
                return rows;
            }
        }
    }

    private static void Add(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    // In one journey to the server.
    private static async Task WriteBatchAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<HistoryRow> rows, CancellationToken cancelled)
    {
        DbBatch batch = connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction;
            foreach (HistoryRow row in rows)
            {
                DbBatchCommand command = batch.CreateBatchCommand();
                command.CommandText = HistoryRow.Insert;
                row.Fill(command.Parameters, command.CreateParameter);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancelled).ConfigureAwait(false);
        }
    }

    private static async Task WriteEachAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<HistoryRow> rows, CancellationToken cancelled)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = HistoryRow.Insert;
            foreach (HistoryRow row in rows)
            {
                row.Fill(command.Parameters, command.CreateParameter);
                await command.ExecuteNonQueryAsync(cancelled).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>What a model said lately, the oldest first.</summary>
/// <param name="Rows">Rows, without copies of images.</param>
/// <param name="Flagged">Flagged rows, with copies of their images.</param>
internal sealed record RecentRows(IReadOnlyList<HistoryRow> Rows, IReadOnlyList<HistoryRow> Flagged);
