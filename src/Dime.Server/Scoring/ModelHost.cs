using Dime.Server.Errors;
using Dime.Server.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Scoring;

/// <summary>
/// Holds the model that is served, and puts another in its place while requests come: new ones go to the new model, those in line end
/// on the old one. A file that cannot be served changes nothing.
/// </summary>
internal sealed class ModelHost(ServingSettings settings, TimeSpan checkInterval) : IHostedService, IDisposable
{
    private readonly ILogger _logger = settings.Logger;
    private readonly SemaphoreSlim _loading = new(1);
    private readonly CancellationTokenSource _stop = new();
    private ServedModel? _current;
    private Task _watching = Task.CompletedTask;

    /// <summary>The model that new requests go to; null before the start and after the end.</summary>
    public ServedModel? Current => Volatile.Read(ref _current);

    /// <summary>The last attempt to load another model; null where there was none.</summary>
    public ReloadResult? LastReload { get; private set; }

    /// <exception cref="InputException">The model cannot be served.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        settings.Meter.Watch(() => Current);
        var stamp = FileStamp.Of(settings.ModelFile);
        _current = await Task.Run(() => ServedModel.Load(settings, version: 1), cancellationToken).ConfigureAwait(false);
        _logger.LogServed(_current.Name, _current.Version);
        _watching = Task.Run(() => WatchAsync(stamp), CancellationToken.None);
    }

    /// <summary>Loads the file again. One attempt at a time.</summary>
    public async Task<ReloadResult> ReloadAsync(CancellationToken cancelled)
    {
        await _loading.WaitAsync(cancelled).ConfigureAwait(false);
        try
        {
            ReloadResult result = await Task.Run(Reload, CancellationToken.None).ConfigureAwait(false);
            settings.Meter.Reloaded(result.Succeeded);
            LastReload = result;
            return result;
        }
        finally
        {
            _loading.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        if (Interlocked.Exchange(ref _current, null) is { } last)
        {
            last.Retire();
            await last.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _loading.Dispose();
        _stop.Dispose();
    }

    private ReloadResult Reload()
    {
        ServedModel? old = Current;
        try
        {
            var next = ServedModel.Load(settings, (old?.Version ?? 0) + 1);
            Interlocked.Exchange(ref _current, next);
            old?.Retire();
            _logger.LogServed(next.Name, next.Version);
            return new ReloadResult(next.LoadedAt, Error: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _logger.LogNotLoaded(e, settings.ModelFile);
            return new ReloadResult(TimeProvider.System.GetUtcNow(), PublicText.Of(e, settings.ModelFile, settings.NetworkFile));
        }
    }

    // Not the system's notifications: they do not reach across networks and containers, and tell of half-written files.
    private async Task WatchAsync(FileStamp? loaded)
    {
        using var timer = new PeriodicTimer(checkInterval);
        FileStamp? last = loaded;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                // A file that is gone or still changes is left alone until it stays the same from one look to the next.
                var now = FileStamp.Of(settings.ModelFile);
                if (now is not null && now != loaded && now == last)
                {
                    loaded = now;
                    await ReloadAsync(_stop.Token).ConfigureAwait(false);
                }

                last = now;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}

/// <summary>An attempt to load another model.</summary>
/// <param name="At">When.</param>
/// <param name="Error">What was wrong with the file; null where it is served now.</param>
internal sealed record ReloadResult(DateTimeOffset At, string? Error)
{
    public bool Succeeded => Error is null;
}

/// <summary>What changes with a file, wherever links lead to it.</summary>
internal sealed record FileStamp(string Target, long Length, DateTime Written)
{
    /// <returns>Null where there is no such file, or it cannot be looked at.</returns>
    public static FileStamp? Of(string path)
    {
        try
        {
            FileSystemInfo? target = File.ResolveLinkTarget(path, returnFinalTarget: true);
            var file = new FileInfo(target?.FullName ?? path);
            return file.Exists ? new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
