using System.Data.Common;

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
                    DbParameter parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.Value) = (name, value);
                    command.Parameters.Add(parameter);
                    await command.ExecuteNonQueryAsync(cancelled).ConfigureAwait(false);
                }
            }
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
