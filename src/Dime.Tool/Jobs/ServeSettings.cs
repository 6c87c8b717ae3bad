using Dime.Server;
using Dime.Server.Endpoints;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime serve</c> does.</summary>
/// <param name="Urls">Where it listens.</param>
/// <param name="Monitoring">What it serves.</param>
internal sealed record ServeSettings(IReadOnlyList<string> Urls, DimeMonitoringOptions Monitoring)
{
    /// <summary>The token in a file, without the white space around it.</summary>
    /// <exception cref="InputException">There is none, or one that is soon guessed.</exception>
    public static string ReadToken(string file)
    {
        string token = File.Exists(file) ? File.ReadAllText(file).Trim() : throw new InputException($"There is no file '{file}'; write a token into it.");
        return token.Length < DimeMonitoringOptions.LeastTokenLength ? throw new InputException($"The token in '{file}' has {token.Length} characters; take {DimeMonitoringOptions.LeastTokenLength} or more, such as 'openssl rand -hex 32' gives.")
            : token.All(c => c is > ' ' and <= '~') ? token
            : throw new InputException($"The token in '{file}' has white space or other than ASCII characters in it; take another, such as 'openssl rand -hex 32' gives.");
    }

    /// <summary>Checks where the server listens.</summary>
    /// <exception cref="InputException">An address is none, or others than this machine reach it and there is no token.</exception>
    public void RequireSafe()
    {
        foreach (string url in Urls)
        {
            if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri)
                || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
            {
                throw new InputException($"'{url}' is no address to listen at; give one such as http://127.0.0.1:8080. For https put a proxy in front.");
            }

            if (Monitoring.Token is null && !AccessRules.IsOfThisMachine(uri.Host))
            {
                throw new InputException($"'{url}' can be reached by others than this machine; give a token for them with --token-file, or listen at http://127.0.0.1:8080.");
            }
        }
    }
}
