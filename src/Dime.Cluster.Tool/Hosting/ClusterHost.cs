using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dime.Cluster.Tool.Hosting;

/// <summary>A silo in this process.</summary>
internal sealed class ClusterHost : IAsyncDisposable
{
    // Where silos of one machine look for the first of them.
    private const int LocalPort = 11111;

    private static readonly TimeSpan _longestStart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _longestStop = TimeSpan.FromSeconds(2);

    private readonly IHost _host;
    private readonly ClusterSettings _settings;

    private ClusterHost(IHost host, ClusterSettings settings, IPEndPoint endPoint)
    {
        _host = host;
        _settings = settings;
        EndPoint = endPoint;
    }

    /// <summary>Where the others reach it.</summary>
    public IPEndPoint EndPoint { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo.</summary>
    /// <param name="settings">How it finds the others.</param>
    /// <param name="isVerbose">Whether what Orleans does is told.</param>
    /// <param name="configure">Makes it a worker or a coordinator.</param>
    /// <param name="cancelled">Tells it to stop.</param>
    /// <exception cref="InputException">It cannot join the cluster.</exception>
    public static async Task<ClusterHost> StartAsync(ClusterSettings settings, bool isVerbose, Action<ISiloBuilder> configure, CancellationToken cancelled)
    {
        int port = settings.Port ?? (settings is { Redis: null, Postgres: null } && IsFree(settings.Address, LocalPort) ? LocalPort : FreePort(settings.Address));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging
            .AddSimpleConsole(options => options.SingleLine = true)
            .SetMinimumLevel(isVerbose ? LogLevel.Information : LogLevel.Critical);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);

        // Signals are the command line's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = _longestStop);
        ConfigurationOptions? redis = settings.Redis is { } store ? await store.ConnectAsync().ConfigureAwait(false) : null;
        if (settings.Postgres is { } database)
        {
            await PostgresStore.CheckAsync(database, cancelled).ConfigureAwait(false);
        }

        builder.UseOrleans(silo =>
        {
            // No gateway: clients outside the cluster have no business here.
            silo.ConfigureEndpoints(settings.Address, port, gatewayPort: 0).DeclareDeadAfter(settings.DeadAfter);
            silo.Configure<Orleans.Configuration.ClusterOptions>(options => options.ClusterId = options.ServiceId = settings.Cluster);
            if (redis is not null)
            {
                silo.UseRedisClustering(options => options.ConfigurationOptions = redis);
            }
            else if (settings.Postgres is { } connection)
            {
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connection));
            }
            else
            {
                silo.UseDevelopmentClustering(new IPEndPoint(settings.Address, LocalPort));
            }

            configure(silo);
        });
        var host = new ClusterHost(builder.Build(), settings, new IPEndPoint(settings.Address, port));
        await host.StartAsync(cancelled).ConfigureAwait(false);
        return host;
    }

    /// <summary>Waits until the silo is stopped.</summary>
    public Task WaitAsync(CancellationToken cancelled) => _host.WaitForShutdownAsync(cancelled);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken cancelled)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        time.CancelAfter(_longestStart);
        try
        {
            await _host.StartAsync(time.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancelled.IsCancellationRequested)
        {
            throw new InputException(
                e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable } socket
                    ? $"{EndPoint} cannot be used ({socket.Message}); give another --bind or --port."
                    : $"The cluster '{_settings.Cluster}' cannot be joined by {_settings.Way}: {Cause.Of(e).Message} --verbose shows more.",
                e);
        }
    }

    private static int FreePort(IPAddress address)
    {
        try
        {
            using var listener = new TcpListener(address, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException e)
        {
            throw new InputException($"{address} is no address of this machine ({e.Message}); give another --bind.", e);
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
