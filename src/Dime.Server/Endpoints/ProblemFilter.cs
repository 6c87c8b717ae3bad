using Dime.Server.Logging;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Endpoints;

/// <summary>Turns what goes wrong with a request into problem details (RFC 9457), and puts safe headers on every answer.</summary>
internal sealed class ProblemFilter(ServerMeter meter, ILogger<ProblemFilter> logger) : IEndpointFilter
{
    // The field that the generated methods of the log write to.
    private readonly ILogger _logger = logger;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        SafeHeaders.Apply(http.Response);
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!http.Response.HasStarted && e is not OutOfMemoryException)
        {
            RefusedException? refusal = http.RequestAborted.IsCancellationRequested ? null : RefusalOf(e);
            if (refusal is null)
            {
                // Nobody is there to be answered.
                return Results.Empty;
            }

            meter.RequestRefused(refusal.Status);
            return Answer(http.Response, refusal);
        }
    }

    /// <summary>The answer to a request that is refused.</summary>
    public static IResult Answer(HttpResponse response, RefusedException refusal)
    {
        if (refusal.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return TypedResults.Problem(refusal.Message, statusCode: refusal.Status);
    }

    private RefusedException RefusalOf(Exception exception)
    {
        switch (exception)
        {
            case RefusedException refusal:
                return refusal;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new RefusedException(StatusCodes.Status413PayloadTooLarge, "The body is larger than the server takes; send fewer rows or smaller images.");
            case BadHttpRequestException bad:
                return new RefusedException(bad.StatusCode, "The body could not be read to its end.");
            default:
                _logger.LogRequestFailed(exception);
                return new RefusedException(StatusCodes.Status500InternalServerError, "The server failed to answer; its log says why.");
        }
    }
}
