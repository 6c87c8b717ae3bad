using Dime.Server.History;
using Dime.Server.Models;
using Dime.Server.Scoring;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Tests.History;

/// <summary>How rows come to the database.</summary>
[TestClass]
public sealed class HistoryWriterTests
{
    [TestMethod]
    public async Task Rows_that_wait_are_written_without_waiting_for_more()
    {
        using var folder = new TemporaryFolder();
        const int Room = 10_000;
        string history = folder["history.db"];
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        ServedModel model = server.Service<ModelHost>().Current!;
        var log = new WarningLog();
        using var writer = new HistoryWriter(new DimeMonitoringOptions { ModelFile = TestModels.Dime, History = history }, server.Service<ServerMeter>(), log, new StoppedTime());
        for (int i = 0; i < Room + 2; i++)
        {
            writer.Add(new ScoredRow(DateTimeOffset.UtcNow, model, new RowInput($"{i}"), new RowScore($"{i}", 1, 0.5f, false, null, null)), thumbnail: null);
        }

        Assert.AreEqual(2, server.Service<ServerMeter>().LostRows);
        Assert.Contains("faster than the history is written", log.Warnings.Single());
        await writer.StartAsync(CancellationToken.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (writer.IsReachable is not true || (long)(await HistoryTables.ReadAsync(history, "SELECT COUNT(*) FROM dime_rows")).Single()[0] < Room)
        {
            await Task.Delay(20, patience.Token);
        }

        await writer.StopAsync(CancellationToken.None);
    }

    private sealed class WarningLog : ILogger<HistoryWriter>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Add(formatter(state, exception));
            }
        }
    }

    /// <summary>Whoever waits by it waits for ever.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
