using Dime.Server.Live;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dime.Server.Endpoints;

/// <summary>Which addresses there are.</summary>
internal static class Routes
{
    /// <summary>The name of the OpenAPI document.</summary>
    public const string Document = "dime";

    public static void Map(RouteGroupBuilder root)
    {
        IServiceProvider services = ((IEndpointRouteBuilder)root).ServiceProvider;
        ModelHost host = services.GetRequiredService<ModelHost>();
        root.AddEndpointFilter(services.GetRequiredService<ProblemFilter>());
        root.WithGroupName(Document);
        MapOpen(root, host, services.GetRequiredService<IHostApplicationLifetime>());

        RouteGroupBuilder guarded = root.MapGroup("");
        guarded.AddEndpointFilter(services.GetRequiredService<AccessRules>());
        MapGuarded(guarded, host, services);
    }

    // Nothing in these tells anything of the model or its rows: the page asks for all of that, with the token.
    private static void MapOpen(RouteGroupBuilder root, ModelHost host, IHostApplicationLifetime lifetime)
    {
        root.MapGet("/", PageAssets.Page).ExcludeFromDescription();
        root.MapGet("/page.css", () => TypedResults.Bytes(PageAssets.Styles, "text/css; charset=utf-8")).ExcludeFromDescription();
        root.MapGet("/page.js", () => TypedResults.Bytes(PageAssets.Script, "text/javascript; charset=utf-8")).ExcludeFromDescription();
        root.MapGet("/healthz/live", () => TypedResults.Text("live"))
            .WithSummary("Whether the process answers.");
        foreach (string path in (string[])["/healthz", "/healthz/ready"])
        {
            root.MapGet(path, () => IsReady(host, lifetime) ? TypedResults.Text("ready") : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable))
                .WithSummary("Whether rows are scored: a model is served and the server is not about to end.");
        }
    }

    private static void MapGuarded(RouteGroupBuilder guarded, ModelHost host, IServiceProvider services)
    {
        // Made once, and not for each request.
        ScoreEndpoint score = services.GetRequiredService<ScoreEndpoint>();
        LiveEndpoint live = services.GetRequiredService<LiveEndpoint>();
        guarded.MapPost("/v1/score", (Delegate)score.HandleAsync)
            .WithSummary("Scores images or embeddings: verdict, distance, probability, what each score of an ensemble says, and the network's outputs if wanted.")
            .Produces<ScoreAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .AddOpenApiOperationTransformer(ScoreDescription.Add);
        guarded.MapGet("/v1/model", () => ModelOf(host))
            .WithSummary("The model that is served.")
            .Produces<ModelAnswer>();
        guarded.MapPost("/v1/model/reload", (CancellationToken cancelled) => ReloadAsync(host, cancelled))
            .WithSummary("Loads the model's file again. Where it cannot be served, the model stays as it is.")
            .Produces<ModelAnswer>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        DriftWatch drift = services.GetRequiredService<DriftWatch>();
        int windowRows = services.GetRequiredService<DimeMonitoringOptions>().DriftWindowRows;
        guarded.MapGet("/v1/drift", () => DriftOf(host, drift, windowRows))
            .WithSummary("Whether the rows of the last windows together differ from those that the model was calibrated on.")
            .Produces<DriftAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        guarded.MapGet("/v1/live", live.Handle)
            .WithSummary("What the page shows, as server-sent events.")
            .Produces<LiveAnswer>(contentType: "text/event-stream");
        guarded.MapOpenApi("/openapi/{documentName}.json");
    }

    private static bool IsReady(ModelHost host, IHostApplicationLifetime lifetime) => host.Current is not null && !lifetime.ApplicationStopping.IsCancellationRequested;

    private static JsonHttpResult<ModelAnswer> ModelOf(ModelHost host) => host.Current is { } model
        ? TypedResults.Json(ModelAnswer.Of(model, host.LastReload), Models.AnswerJson.Options)
        : throw RefusedException.NoModel();

    private static JsonHttpResult<DriftAnswer> DriftOf(ModelHost host, DriftWatch drift, int windowRows) => host.Current is { } model && drift.Of(model) is { } monitor
        ? TypedResults.Json(DriftAnswer.Of(monitor, windowRows), Models.AnswerJson.Options)
        : throw new RefusedException(StatusCodes.Status404NotFound, "Drift is not watched: the model is not calibrated, or does not tell on how many rows; fit it again, with a calibration.");

    private static async Task<IResult> ReloadAsync(ModelHost host, CancellationToken cancelled)
    {
        ReloadResult result = await host.ReloadAsync(cancelled).ConfigureAwait(false);
        return result.Error is { } error
            ? throw new RefusedException(StatusCodes.Status422UnprocessableEntity, $"{error} The model that was served before stays.")
            : ModelOf(host);
    }
}
