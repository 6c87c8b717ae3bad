using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dime.Soak.Measuring;

namespace Dime.Soak.Swaps;

/// <summary>Changes the model of a server each second, and compares each answer with what the model that it names says of its rows.</summary>
internal sealed class SwapSoak : IDisposable
{
    private const int Clients = 4;
    private const int SwapsBefore = 20;

    private readonly SwapSettings _settings;
    private readonly ServedRows _rows;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<int, int> _modelOfVersion = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _answers;
    private long _compared;
    private int _swaps;

    private SwapSoak(SwapSettings settings)
    {
        _settings = settings;
        _rows = new ServedRows(settings.Rows, settings.Models);
        _client = new HttpClient { BaseAddress = settings.Address };
    }

    /// <exception cref="SoakException">An answer failed, or is of no model or of another than it names; or the server has grown.</exception>
    public static async Task RunAsync(SwapSettings settings)
    {
        using var soak = new SwapSoak(settings);
        await soak.RunAllAsync().ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private async Task RunAllAsync()
    {
        using var failed = new CancellationTokenSource();
        Task<ProcessFigures> swapping = EndsAll(SwapAsync(failed.Token), failed);
        Task[] asking = [.. Enumerable.Range(0, Clients).Select(i => EndsAll(AskAsync(new Random(i), failed.Token), failed))];
        await Task.WhenAll([swapping, .. asking]).ConfigureAwait(false);
        ProcessFigures start = await swapping.ConfigureAwait(false);
        Console.WriteLine($"after {SwapsBefore} changes  {start}");

        // Models that are retired go when their last batch is over and the collector comes by; the pressure beside this has ended too.
        var end = ProcessFigures.Of(_settings.Process);
        for (int i = 0; i < 120 && end.Excess(start, judgesMemory: true) is not null; i++)
        {
            await Task.Delay(500).ConfigureAwait(false);
            end = ProcessFigures.Of(_settings.Process);
        }

        Console.WriteLine($"at the end        {end}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_clock.Elapsed.TotalSeconds:0} s: {_swaps:N0} changes of the model, {_answers:N0} answers with {_compared:N0} rows compared, of {_modelOfVersion.Count:N0} versions"));
        if (end.Excess(start, judgesMemory: true) is { } excess)
        {
            throw new SoakException($"The server has grown: {excess}.");
        }
    }

    private async Task<ProcessFigures> SwapAsync(CancellationToken failed)
    {
        byte[][] zips = [.. _settings.Models.Select(model => File.ReadAllBytes($"{model}.zip"))];
        ProcessFigures? start = null;
        string next = $"{_settings.Served}.next";
        while (_clock.Elapsed < _settings.Time && !failed.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
            int model = ++_swaps % 2;
            await File.WriteAllBytesAsync(next, zips[model], CancellationToken.None).ConfigureAwait(false);
            File.Move(next, _settings.Served, overwrite: true);
            using HttpResponseMessage response = await _client.PostAsync("v1/model/reload", content: null, CancellationToken.None).ConfigureAwait(false);
            Know((await ReadAsync(response).ConfigureAwait(false)).GetProperty("version").GetInt32(), model);
            start = _swaps == SwapsBefore ? ProcessFigures.Of(_settings.Process) : start;
        }

        return start ?? ProcessFigures.Of(_settings.Process);
    }

    private async Task AskAsync(Random random, CancellationToken failed)
    {
        while (_clock.Elapsed < _settings.Time && !failed.IsCancellationRequested)
        {
            int[] rows = random.GetItems([.. Enumerable.Range(0, _rows.Count)], random.Next(1, 9));
            using HttpContent body = _rows.Body(rows);
            using HttpResponseMessage response = await _client.PostAsync("v1/score", body, CancellationToken.None).ConfigureAwait(false);
            JsonElement answer = await ReadAsync(response).ConfigureAwait(false);
            int version = answer.GetProperty("model").GetProperty("version").GetInt32();
            float[] distances = [.. answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("distance").GetSingle())];
            Know(version, _rows.ModelOf(rows, distances) ?? throw new SoakException($"What is said of rows {string.Join(", ", rows)} by version {version} is of neither model: {string.Join(", ", distances)}."));
            Interlocked.Increment(ref _answers);
            Interlocked.Add(ref _compared, rows.Length);
        }
    }

    // The server looks at its file by itself too, so versions are more than changes; but each is of one model for good.
    private void Know(int version, int model)
    {
        if (_modelOfVersion.GetOrAdd(version, model) is var known && known != model)
        {
            throw new SoakException($"Version {version} is of model {known}, and answered as model {model}.");
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new SoakException($"Answered {(int)response.StatusCode}: {text}");
    }

    // The first that fails ends the others.
    private static async Task<T> EndsAll<T>(Task<T> task, CancellationTokenSource failed)
    {
        await EndsAll((Task)task, failed).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    private static async Task EndsAll(Task task, CancellationTokenSource failed)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw e is SoakException ? e : new SoakException(e.ToString());
        }
    }
}
