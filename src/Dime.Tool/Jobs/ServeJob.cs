using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dime.Tool.Jobs;

/// <summary>Serves a model until it is told to stop, and then answers what is under way.</summary>
internal static class ServeJob
{
    /// <param name="context">What the command works with.</param>
    /// <param name="settings">What it does.</param>
    /// <param name="level">What the log tells.</param>
    /// <param name="started">Hears where the server listens, when it does.</param>
    /// <exception cref="InputException">The settings, the model or an address cannot be used.</exception>
    public static async Task RunAsync(ToolContext context, ServeSettings settings, LogLevel level, Action<IReadOnlyList<string>> started)
    {
        WebApplication app = ServeHost.Create(settings, level);
        await using (app.ConfigureAwait(false))
        {
            await StartAsync(app, settings.Urls, context.Cancelled).ConfigureAwait(false);
            started([.. app.Urls]);
            bool isAsked = await WaitAsync(app.Lifetime, context.Cancelled).ConfigureAwait(false);
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            if (!isAsked)
            {
                throw new InvalidOperationException("A part of the server failed, and it has ended; the log says why.");
            }
        }
    }

    /// <summary>Waits for the end: that of the user, or that of a part of the server that failed, which whoever watches over the process is to see.</summary>
    /// <returns>Whether the user asked for it.</returns>
    internal static async Task<bool> WaitAsync(IHostApplicationLifetime lifetime, CancellationToken cancelled)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancelled, lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return cancelled.IsCancellationRequested;
    }

    private static async Task StartAsync(WebApplication app, IEnumerable<string> urls, CancellationToken cancelled)
    {
        try
        {
            await app.StartAsync(cancelled).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // Kestrel names the address and the reason, such as another program that listens there.
            throw new InputException($"{e.Message.TrimEnd('.')}; name another address with --urls.", e);
        }
        catch (SocketException e)
        {
            throw new InputException($"The server may not listen at {string.Join(", ", urls)}: {e.Message.TrimEnd('.')}; name another address with --urls.", e);
        }
    }
}
