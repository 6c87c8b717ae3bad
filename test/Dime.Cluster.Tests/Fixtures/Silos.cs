using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>A coordinator and workers in this process, as a host of one's own has them.</summary>
internal sealed class Silos : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly IPEndPoint _primary = new(IPAddress.Loopback, Loopback.FreePort());

    public ShardCoordinator Coordinator => _hosts[0].Services.GetRequiredService<ShardCoordinator>();

    /// <summary>Starts a coordinator and workers.</summary>
    public static async Task<Silos> StartAsync(int workers, int slots, IShardAccumulator accumulator, string folder, Action<DimeCoordinatorOptions> configure)
    {
        var silos = new Silos();
        await silos.AddAsync(silos._primary.Port, silo => silo.AddDimeCoordinator(configure));
        for (int i = 0; i < workers; i++)
        {
            await silos.AddWorkerAsync(slots, accumulator, folder);
        }

        return silos;
    }

    public Task AddWorkerAsync(int slots, IShardAccumulator accumulator, string folder) => AddAsync(Loopback.FreePort(), silo =>
    {
        silo.Services.AddSingleton(accumulator);
        silo.AddDimeWorker(options =>
        {
            options.Slots = slots;
            options.AllowedFolders.Add(folder);
        });
    });

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in Enumerable.Reverse(_hosts))
        {
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await host.StopAsync(time.Token);
            host.Dispose();
        }
    }

    private async Task AddAsync(int port, Action<ISiloBuilder> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0).UseDevelopmentClustering(_primary);
            configure(silo);
        });
        IHost host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
    }
}
