using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
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
            await Task.Delay(Timeout.Infinite, context.Cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
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
