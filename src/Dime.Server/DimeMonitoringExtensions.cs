using Dime.Server;
using Dime.Server.Endpoints;
using Dime.Server.Errors;
using Dime.Server.History;
using Dime.Server.Images;
using Dime.Server.Live;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the scoring and watching of rows to an application.</summary>
public static class DimeMonitoringExtensions
{
    /// <summary>Adds what <see cref="MapDime"/> needs: the model is loaded when the application starts, which fails where the model cannot be served.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says which model is served, and how.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">It was added before: an application serves one model.</exception>
    public static IServiceCollection AddDimeMonitoring(this IServiceCollection services, Action<DimeMonitoringOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(ModelHost)))
        {
            throw new InvalidOperationException($"{nameof(AddDimeMonitoring)} was called before; an application serves one model.");
        }

        var options = new DimeMonitoringOptions();
        configure(options);
        try
        {
            return services.AddDimeMonitoring(options);
        }
        catch (InputException e)
        {
            throw new ArgumentException(e.Message, nameof(configure), e);
        }
    }

    /// <exception cref="InputException">An option is out of its range.</exception>
    internal static IServiceCollection AddDimeMonitoring(this IServiceCollection services, DimeMonitoringOptions options)
    {
        options.Validate();
        services.AddOpenApi(Routes.Document, document => document.ShouldInclude = description => description.GroupName == Routes.Document);
        services.AddSingleton(options);
        services.AddSingleton<ServerMeter>();
        services.AddSingleton(new PixelMemory(options.PixelBytes));
        services.AddSingleton(provider => new ImageRules(options.ImagePixels, provider.GetRequiredService<PixelMemory>()));
        services.AddSingleton(new LiveFigures(TimeProvider.System));
        services.AddSingleton<DriftWatch>();
        services.AddSingleton<HistoryWriter>();
        services.AddSingleton<Recorder>();
        services.AddSingleton(provider => new ModelHost(
            new ServingSettings(
                options.ModelFile,
                options.NetworkFile,
                new BatchLimits(options.QueueRows, options.BatchRows, BatchBytes, options.BatchWait),
                options.ParallelBatches,
                provider.GetRequiredService<Recorder>(),
                provider.GetRequiredService<ServerMeter>(),
                provider.GetRequiredService<ILogger<ModelHost>>()),
            options.ModelCheckInterval));
        services.AddSingleton<AccessRules>();
        services.AddSingleton<ProblemFilter>();
        services.AddSingleton<RequestRows>();
        services.AddSingleton<ScoreEndpoint>();
        services.AddSingleton<LiveEndpoint>();

        // They end in the opposite order: the last answer is given, then taken down, then written.
        services.AddHostedService(provider => provider.GetRequiredService<HistoryWriter>());
        services.AddHostedService(provider => provider.GetRequiredService<Recorder>());
        services.AddHostedService(provider => provider.GetRequiredService<ModelHost>());
        services.AddHostedService<HistoryReplay>();
        return services;
    }

    /// <summary>
    /// Maps the page at <paramref name="prefix"/>, and below it <c>v1/score</c>, <c>v1/model</c>, <c>v1/live</c>, <c>healthz</c> and
    /// <c>openapi/dime.json</c>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What all addresses begin with.</param>
    /// <returns>All of the endpoints, for an authorization of the application's own.</returns>
    public static RouteGroupBuilder MapDime(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        RouteGroupBuilder root = endpoints.MapGroup(prefix);
        Routes.Map(root);
        return root;
    }

    // More memory at a time makes no batch faster.
    private const long BatchBytes = 64L * 1024 * 1024;
}
