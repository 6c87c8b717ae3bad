using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Dime.Server.Endpoints;

/// <summary>The page and what it is made of, out of the assembly.</summary>
internal static class PageAssets
{
    /// <summary>The look, which reports of the tool have too, and what this page adds to it.</summary>
    public static byte[] Styles { get; } = [.. Read("report.css"), .. Read("page.css")];

    public static byte[] Script { get; } = Read("page.js");

    private static byte[] Html { get; } = Read("index.html");

    /// <summary>The page, whose address has to end with a slash for what it refers to.</summary>
    public static IResult Page(HttpContext http)
    {
        string path = http.Request.PathBase + http.Request.Path;
        return path.EndsWith('/') ? TypedResults.Bytes(Html, "text/html; charset=utf-8") : TypedResults.LocalRedirect(path + "/");
    }

    private static byte[] Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The server was built without '{name}'.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
