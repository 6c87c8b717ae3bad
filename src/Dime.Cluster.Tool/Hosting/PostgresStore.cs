using Npgsql;

namespace Dime.Cluster.Tool.Hosting;

/// <summary>A PostgreSQL where silos meet.</summary>
internal static class PostgresStore
{
    /// <summary>Makes sure that it is there, and has the tables of Orleans.</summary>
    /// <param name="connection">How it is reached.</param>
    /// <param name="cancelled">Stops it.</param>
    /// <exception cref="InputException">It is not, or has not.</exception>
    public static async Task CheckAsync(string connection, CancellationToken cancelled)
    {
        try
        {
            await using var data = NpgsqlDataSource.Create(connection);
            await using NpgsqlCommand command = data.CreateCommand("SELECT COUNT(*) FROM OrleansQuery");
            await command.ExecuteScalarAsync(cancelled).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new InputException("The database has no tables of Orleans; create them with PostgreSQL-Main.sql and PostgreSQL-Clustering.sql of dotnet/orleans.", e);
        }
        catch (Exception e) when (e is ArgumentException or NpgsqlException)
        {
            throw new InputException($"There is no PostgreSQL by --postgres: {e.Message.TrimEnd('.')}; start it, or give another connection.", e);
        }
    }
}
