using System.Data.Common;
using System.Globalization;

namespace Dime.Server.History;

/// <summary>The tables of a history, and their version.</summary>
internal static class HistorySchema
{
    /// <summary>The version that this server writes. One that changes the tables has to bring older ones up to date.</summary>
    public const int Version = 2;

    // What makes the tables of a version those of the next.
    private static readonly Dictionary<int, string> _changes = new()
    {
        [1] = "ALTER TABLE dime_rows ADD COLUMN model_hash TEXT",
    };

    /// <summary>Makes the tables where there are none, and brings older ones up to date.</summary>
    /// <exception cref="HistorySchemaException">The tables are of a later version.</exception>
    public static async Task EnsureAsync(DbConnection connection, SqlDialect dialect, CancellationToken cancelled)
    {
        if (dialect.Before is { } before)
        {
            await ExecuteAsync(connection, transaction: null, before, cancelled).ConfigureAwait(false);
        }

        DbTransaction transaction = await connection.BeginTransactionAsync(cancelled).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (dialect.Lock is { } locking)
            {
                await ExecuteAsync(connection, transaction, locking, cancelled).ConfigureAwait(false);
            }

            await ExecuteAsync(connection, transaction, "CREATE TABLE IF NOT EXISTS dime_schema (version INTEGER NOT NULL)", cancelled).ConfigureAwait(false);
            int? version = await VersionAsync(connection, transaction, cancelled).ConfigureAwait(false);
            if (version is null)
            {
                await ExecuteAsync(connection, transaction, Tables(dialect), cancelled).ConfigureAwait(false);
            }
            else if (version > Version)
            {
                throw new HistorySchemaException($"The history has tables of version {version}, and this server writes version {Version}; name another database, or take the server that made it.");
            }

            for (int older = version ?? Version; older < Version; older++)
            {
                await ExecuteAsync(connection, transaction, $"{_changes[older]}; UPDATE dime_schema SET version = {older + 1}", cancelled).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancelled).ConfigureAwait(false);
        }
    }

    private static async Task<int?> VersionAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancelled)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = "SELECT version FROM dime_schema";
            object? version = await command.ExecuteScalarAsync(cancelled).ConfigureAwait(false);
            return version is null ? null : Convert.ToInt32(version, CultureInfo.InvariantCulture);
        }
    }

    private static string Tables(SqlDialect dialect) =>
        $"""
        CREATE TABLE dime_rows (
            number {dialect.Key},
            scored_at {dialect.Time} NOT NULL,
            row_id TEXT NOT NULL,
            model TEXT NOT NULL,
            model_version INTEGER NOT NULL,
            model_hash TEXT,
            distance DOUBLE PRECISION NOT NULL,
            probability DOUBLE PRECISION,
            is_flagged {dialect.Flag},
            top_score TEXT,
            score_probabilities TEXT,
            thumbnail {dialect.Bytes},
            thumbnail_type TEXT);
        CREATE INDEX dime_rows_scored_at ON dime_rows (scored_at);
        CREATE INDEX dime_rows_thumbnails ON dime_rows (number) WHERE thumbnail IS NOT NULL;
        INSERT INTO dime_schema (version) VALUES ({Version});
        """;

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string text, CancellationToken cancelled)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = text;
            await command.ExecuteNonQueryAsync(cancelled).ConfigureAwait(false);
        }
    }
}

/// <summary>The tables of a history are not this server's.</summary>
internal sealed class HistorySchemaException(string message) : Exception(message);
