using Dime.Server.Endpoints;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Dime.Tool.Jobs;

/// <summary>The web application that <c>dime serve</c> runs.</summary>
internal static class ServeHost
{
    private const int MostConnections = 1024;

    /// <summary>How long requests that are under way may take to end when the server does.</summary>
    public static TimeSpan Drain { get; } = TimeSpan.FromSeconds(30);

    /// <exception cref="InputException">The settings are not safe, or an option is out of its range.</exception>
    public static WebApplication Create(ServeSettings settings, LogLevel level)
    {
        settings.RequireSafe();

        // Never the environment that shows stack traces to clients, whatever the shell has set.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, settings));
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(level);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // What keeps it from starting is told in a sentence, as by all commands.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);

        // Signals are the tool's own, which ends the server by itself.
        builder.Services.AddSingleton<IHostLifetime, ToolLifetime>();
        builder.Services.AddDimeMonitoring(settings.Monitoring);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(ServerMeter.LibraryName, ServerMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddView("dime.*.probability", Buckets(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99))
            .AddView("dime.drift.*p_value", Buckets(1e-12, 1e-6, 1e-4, 0.001, 0.01, 0.1, 0.5))
            .AddView("dime.batch.duration", Buckets(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1))
            .AddPrometheusExporter());

        WebApplication app = builder.Build();
        app.Use((http, next) =>
        {
            SafeHeaders.Apply(http.Response);
            return next(http);
        });
        app.UseExceptionHandler(failed => failed.Run(http => Problem(http, StatusCodes.Status500InternalServerError)));
        app.UseStatusCodePages(pages => Problem(pages.HttpContext, pages.HttpContext.Response.StatusCode));
        app.MapDime();
        app.MapPrometheusScrapingEndpoint("/metrics").AddEndpointFilter(app.Services.GetRequiredService<AccessRules>());
        return app;
    }

    private static Task Problem(HttpContext http, int status)
    {
        SafeHeaders.Apply(http.Response);
        return TypedResults.Problem(statusCode: status).ExecuteAsync(http);
    }

    // Those that an instrument has by itself are of milliseconds.
    private static ExplicitBucketHistogramConfiguration Buckets(params double[] boundaries) => new() { Boundaries = boundaries };

    private static void Limit(KestrelServerOptions kestrel, ServeSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = settings.Monitoring.BodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
    }

    private sealed class ToolLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
