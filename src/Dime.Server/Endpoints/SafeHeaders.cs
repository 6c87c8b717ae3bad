using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Dime.Server.Endpoints;

/// <summary>Headers that keep browsers from doing with an answer what it is not meant for.</summary>
internal static class SafeHeaders
{
    public static void Apply(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers[HeaderNames.ContentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers[HeaderNames.XFrameOptions] = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers[HeaderNames.CacheControl] = "no-store";
    }
}
