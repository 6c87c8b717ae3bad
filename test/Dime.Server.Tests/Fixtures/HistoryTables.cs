using System.Data.Common;
using Dime.Server.History;

namespace Dime.Server.Tests.Fixtures;

/// <summary>What a history holds, asked of the database itself.</summary>
internal static class HistoryTables
{
    public static async Task<List<object[]>> ReadAsync(string history, string query)
    {
        await using var database = HistoryDatabase.Of(history);
        await using DbConnection connection = await database.Source.OpenConnectionAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = query;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        List<object[]> rows = [];
        while (await reader.ReadAsync())
        {
            object[] row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
