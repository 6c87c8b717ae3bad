using Microsoft.AspNetCore.Http;

namespace Dime.Server.Endpoints;

/// <summary>A request cannot be served; the client is told why.</summary>
/// <param name="status">The status of the answer.</param>
/// <param name="detail">One sentence that names what is wrong and what to do; no path, nothing of the server's own.</param>
internal sealed class RefusedException(int status, string detail) : Exception(detail)
{
    public int Status => status;

    /// <summary>When to come again, in seconds; null where that makes no difference.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The server begins or ends.</summary>
    public static RefusedException NoModel() => new(StatusCodes.Status503ServiceUnavailable, "No model is served now; come again later.") { RetryAfter = 1 };
}
