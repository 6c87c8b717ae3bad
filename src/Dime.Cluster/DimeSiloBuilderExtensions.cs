using Dime.Cluster;
using Dime.Cluster.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Makes silos workers or coordinators of fits.</summary>
public static class DimeSiloBuilderExtensions
{
    // Orleans counts probes that were missed in a row.
    private const int MissedProbes = 3;

    // What is written longer ago than this many times the interval is of a silo that is gone.
    private static readonly TimeSpan _signOfLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestAttempt = TimeSpan.FromDays(20);

    /// <summary>Lets a silo read shards.</summary>
    /// <typeparam name="TAccumulator">What turns a shard into sums.</typeparam>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets the folders that may be read, and more.</param>
    public static ISiloBuilder AddDimeWorker<TAccumulator>(this ISiloBuilder builder, Action<DimeWorkerOptions> configure)
        where TAccumulator : class, IShardAccumulator
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IShardAccumulator, TAccumulator>();
        return builder.AddDimeWorker(configure);
    }

    /// <summary>Lets a silo read shards by the <see cref="IShardAccumulator"/> of its services.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets the folders that may be read, and more.</param>
    public static ISiloBuilder AddDimeWorker(this ISiloBuilder builder, Action<DimeWorkerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<DimeWorkerOptions>().Configure(configure)
            .Validate(options => options.Slots >= 1, "DimeWorkerOptions.Slots must be 1 or more.");
        builder.Services.TryAddSingleton(services => new AllowedFolders(services.GetRequiredService<IOptions<DimeWorkerOptions>>().Value.AllowedFolders));
        builder.Services.TryAddSingleton<ShardWork>();
        return builder.ConfigureGrains();
    }

    /// <summary>Lets a silo run fits by <see cref="ShardCoordinator"/>. It reads no shards itself, unless it is a worker too.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets how patient it is; null for the defaults.</param>
    public static ISiloBuilder AddDimeCoordinator(this ISiloBuilder builder, Action<DimeCoordinatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<DimeCoordinatorOptions>().Configure(configure ?? (_ => { }))
            .Validate(
                options => options.WaitForWorkers >= TimeSpan.Zero && options.AttemptTimeout > TimeSpan.Zero && options.RetryFor >= TimeSpan.Zero,
                "The times of DimeCoordinatorOptions must not be negative, and AttemptTimeout must be above 0.");
        builder.Services.TryAddSingleton<ShardCoordinator>();
        return builder.ConfigureGrains();
    }

    /// <summary>Sets after how long a silo that does not answer is declared dead. All silos of a cluster should have the same.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="time">The time, a second or more. Below a few seconds, silos that are merely busy are declared dead too.</param>
    public static ISiloBuilder DeclareDeadAfter(this ISiloBuilder builder, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.FromSeconds(1));
        return builder.Configure<ClusterMembershipOptions>(options =>
        {
            options.NumMissedProbesLimit = MissedProbes;
            options.ProbeTimeout = time / MissedProbes;

            // Clusters of two are common here, and one silo's word must do in them.
            options.NumVotesForDeathDeclaration = 1;
            options.IAmAliveTablePublishTimeout = _signOfLife;
        });
    }

    private static ISiloBuilder ConfigureGrains(this ISiloBuilder builder)
    {
        builder.Services.AddOptions<GrainTypeOptions>().PostConfigure<IServiceProvider>((options, services) =>
        {
            // Orleans finds grains by itself; a silo that is no worker must not be given shards.
            if (services.GetService<ShardWork>() is null)
            {
                options.Classes.Remove(typeof(ShardGrain));
                options.Classes.Remove(typeof(WorkerGrain));
            }
        });

        // A shard may take hours, and each attempt has a deadline of its own.
        return builder.Configure<SiloMessagingOptions>(options => options.MaxRequestProcessingTime = _longestAttempt);
    }
}
