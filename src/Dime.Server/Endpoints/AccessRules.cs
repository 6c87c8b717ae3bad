using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Http;

namespace Dime.Server.Endpoints;

/// <summary>Who is served: whoever has the token, or where there is none, whoever is on this machine.</summary>
internal sealed class AccessRules(DimeMonitoringOptions options, ServerMeter meter) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _tokenHash = options.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (Refuse(context.HttpContext) is not { } refusal)
        {
            return next(context);
        }

        meter.RequestRefused(refusal.Status);
        return ValueTask.FromResult<object?>(ProblemFilter.Answer(context.HttpContext.Response, refusal));
    }

    /// <summary>Why a request is not served; null where it is.</summary>
    public RefusedException? Refuse(HttpContext http) => RefuseOrigin(http.Request) ?? (_tokenHash is null ? RefuseStranger(http) : RefuseToken(http));

    // Pages of others may send what their visitors' browsers are let to.
    private static RefusedException? RefuseOrigin(HttpRequest request) =>
        request.Headers.Origin is [{ Length: > 0 } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && IsAt(request.Host, page))
            ? new RefusedException(StatusCodes.Status403Forbidden, "Pages of other origins are not served.")
            : null;

    // Neither names the port where it is the usual one of the page's scheme, which a proxy may have taken off.
    private static bool IsAt(HostString host, Uri page) =>
        HostString.FromUriComponent(page).Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port ?? (page.Scheme == Uri.UriSchemeHttps ? 443 : 80)) == page.Port;

    // A name that others control may lead to this machine (DNS rebinding).
    private RefusedException? RefuseStranger(HttpContext http)
    {
        if (options.AllowsRemoteWithoutToken)
        {
            return null;
        }

        IPAddress? local = http.Connection.LocalIpAddress;
        return (local is null || IPAddress.IsLoopback(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local)) && IsOfThisMachine(http.Request.Host.Host)
            ? null
            : new RefusedException(StatusCodes.Status403Forbidden, "Without a token only this machine is served, as localhost.");
    }

    private RefusedException? RefuseToken(HttpContext http)
    {
        string given = http.Request.Headers.Authorization.ToString();
        string token = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? given[Scheme.Length..].Trim() : "";

        // Hashes are of one length, so that the comparison tells nothing of the token, its length included.
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), _tokenHash))
        {
            return null;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return new RefusedException(StatusCodes.Status401Unauthorized, "The token is missing or wrong; send it as 'Authorization: Bearer …'.");
    }

    /// <summary>Whether a host, by its name or its address, is this machine and nobody else.</summary>
    public static bool IsOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
