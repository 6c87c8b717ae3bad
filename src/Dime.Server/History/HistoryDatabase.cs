using System.Data.Common;
using Dime.Server.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Dime.Server.History;

/// <summary>The database of a history, and how it is spoken to.</summary>
/// <param name="Source">Opens connections.</param>
/// <param name="Dialect">What differs between databases.</param>
internal sealed record HistoryDatabase(DbDataSource Source, SqlDialect Dialect) : IAsyncDisposable
{
    /// <param name="text">The file of a SQLite database, or a connection string of PostgreSQL.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static HistoryDatabase Of(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new InputException("The history has no name; give the file of a SQLite database, or a connection string of PostgreSQL.");
        }

        return text.Contains('=', StringComparison.Ordinal) ? Postgres(text) : Sqlite(text);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static HistoryDatabase Sqlite(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (Directory.Exists(file) || !Directory.Exists(folder))
        {
            throw new InputException(Directory.Exists(file)
                ? $"'{file}' is a folder; name a file for the history."
                : $"There is no folder '{folder}' for the history; make it, or name another file.");
        }

        var settings = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 5 };
        return new HistoryDatabase(SqliteFactory.Instance.CreateDataSource(settings.ConnectionString), SqlDialect.Sqlite);
    }

    private static HistoryDatabase Postgres(string text)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(settings.Host))
            {
                throw new ArgumentException("it has no Host");
            }

            settings.ApplicationName ??= "dime";
            return new HistoryDatabase(NpgsqlDataSource.Create(settings), SqlDialect.Postgres);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The text holds a password; it is not repeated.
            throw new InputException($"The history's connection string is not one of PostgreSQL: {e.Message.TrimEnd('.')}. A file of SQLite has no '=' in its name.");
        }
    }
}

/// <summary>What differs between databases.</summary>
/// <param name="Key">The type of a key that counts up by itself.</param>
/// <param name="Time">The type of a time.</param>
/// <param name="Flag">The type of a truth value.</param>
/// <param name="Bytes">The type of bytes.</param>
/// <param name="Before">What is said to a connection first.</param>
/// <param name="Lock">What keeps two servers from making the tables at the same time.</param>
internal sealed record SqlDialect(string Key, string Time, string Flag, string Bytes, string? Before, string? Lock)
{
    public static SqlDialect Sqlite { get; } = new("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT", "INTEGER", "BLOB", "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", Lock: null);

    public static SqlDialect Postgres { get; } = new("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "TIMESTAMPTZ", "BOOLEAN", "BYTEA", Before: null, "SELECT pg_advisory_xact_lock(1145654597)");
}
