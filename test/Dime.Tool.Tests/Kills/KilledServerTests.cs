using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.ML;

namespace Dime.Tool.Tests.Kills;

/// <summary>Servers that are killed at any moment: their history opens, holds what was said and nothing else, and the next server goes on with it.</summary>
[TestClass]
public sealed partial class KilledServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new();
    private readonly HttpClient _client = new();

    public TestContext TestContext { get; set; } = null!;

    private string History => _folder["history.db"];

    private string State => _folder["drift.state"];

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public async Task Histories_and_states_of_killed_servers_can_be_gone_on_with()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs files that are locked as on POSIX systems.");
        }

        float[][] rows = SampleRows.Create(250);
        string model = _folder["model.zip"];
        DimeProcess.Run("fit", "--embeddings", _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(2000, seed: 2))), "--output", model).Succeeds();
        using var saved = SavedModel.Load(new MLContext(), model);
        HashSet<float> said = [.. ((DimeTransformer)saved.Detector).Embedding.DistanceToHyperplane([.. rows.SelectMany(row => row)])];
        long before = 0;
        int states = 0;
        for (int i = 0; i < KillCount.Value; i++)
        {
            await EndAsync("-KILL", model, rows, isServing: i % 2 == 0, answers: _random.Next(1, 20));
            long count = Check(said);
            Assert.IsGreaterThanOrEqualTo(before, count, "Rows were lost.");
            before = count;
            states += File.Exists(State) ? 1 : 0;
            if (File.Exists(State))
            {
                DriftMonitor.Load(State, saved.Detector);
            }

            string[] others = [.. _folder.Names.Where(name => name.EndsWith(".tmp", StringComparison.Ordinal))];
            Assert.IsLessThanOrEqualTo(2, others.Length, string.Join(' ', others));
        }

        // Its windows are written where the others may have left drafts.
        await EndAsync("-TERM", model, rows, isServing: true, answers: 20);
        Assert.IsGreaterThan(before, Check(said));
        Assert.AreSequenceEqual(["drift.state", "history.db", "model.zip", "rows.csv"], _folder.Names.Where(name => !name.StartsWith("history.db-", StringComparison.Ordinal)).ToArray());
        TestContext.WriteLine($"serve: {KillCount.Value} kills, {before} rows in the history in the end, {states} times a state of drift.");
    }

    private async Task EndAsync(string signal, string model, float[][] rows, bool isServing, int answers)
    {
        using Process process = DimeProcess.Start("serve", "--quiet", "--model", model, "--urls", "http://127.0.0.1:0", "--history", History, "--drift-state", State);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (isServing)
        {
            string? line = await process.StandardOutput.ReadLineAsync();
            Assert.IsNotNull(line, line is null ? await error : "");
            for (int i = 0; i < answers; i++)
            {
                using HttpResponseMessage response = await _client.PostAsJsonAsync($"{Address().Match(line).Value}/v1/score", new { embeddings = rows });
                Assert.IsTrue(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            }

            await Task.Delay(_random.Next(0, 500));
        }
        else
        {
            await Task.Delay(_random.Next(0, 1500));
        }

        using (var kill = Process.Start("kill", [signal, $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.DoesNotContain("not gone on with", await error);
    }

    /// <returns>The number of rows.</returns>
    private long Check(HashSet<float> said)
    {
        if (!File.Exists(History))
        {
            return 0;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = History, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.AreEqual("ok", command.ExecuteScalar());
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = 'dime_rows'";
        if (command.ExecuteScalar() is 0L)
        {
            return 0;
        }

        command.CommandText = "SELECT distance FROM dime_rows";
        long count = 0;
        using SqliteDataReader reader = command.ExecuteReader();
        for (; reader.Read(); count++)
        {
            Assert.Contains((float)reader.GetDouble(0), said);
        }

        return count;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
