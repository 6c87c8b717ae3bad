using System.Net;
using Dime.Tool.Terminal;
using StackExchange.Redis;

namespace Dime.Cluster.Tool.Hosting;

/// <summary>A Redis where silos meet.</summary>
/// <param name="text">Its address with options, in any order.</param>
internal sealed class RedisStore(string text)
{
    /// <summary>Where it is; its password is not to be seen.</summary>
    /// <exception cref="InputException">The text says nothing that a Redis could be found by.</exception>
    public string Name => string.Join(", ", Options().EndPoints.Select(NameOf));

    /// <summary>Makes sure that it is there.</summary>
    /// <returns>How it is reached.</returns>
    /// <exception cref="InputException">It is not.</exception>
    public async Task<ConfigurationOptions> ConnectAsync()
    {
        ConfigurationOptions options = Options();
        options.AbortOnConnectFail = true;
        try
        {
            using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
            await connection.GetDatabase().PingAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfPassword(e))
        {
            throw new InputException($"The Redis at {Name} wants another password; give it as in host:6379,password=…", e);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new InputException($"There is no Redis at {Name}; start one, or name another with --redis.", e);
        }

        // Later, the connection is made again where it is lost.
        options.AbortOnConnectFail = false;
        return options;
    }

    private static string? NameOf(EndPoint endPoint) => endPoint switch
    {
        // A port that was left out is 0 until a connection is made.
        IPEndPoint { Port: 0 } address => address.Address.ToString(),
        DnsEndPoint { Port: 0 } host => host.Host,
        DnsEndPoint host => $"{host.Host}:{host.Port}",
        _ => endPoint.ToString(),
    };

    private static bool IsOfPassword(Exception e) =>
        e is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } || (e is RedisException && e.Message.Contains("NOAUTH", StringComparison.Ordinal));

    private ConfigurationOptions Options()
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            return options.EndPoints.Count > 0 ? options : throw new ArgumentException("There is no host in it.");
        }
        catch (ArgumentException e)
        {
            throw new InputException($"The Redis is not given as in host:6379,ssl=true: {Failure.Of(new InputException(e.Message)).Sentence}", e);
        }
    }
}
