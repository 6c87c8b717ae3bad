using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Dime.Cluster.Tool.Hosting;
using Dime.Tool.Options;

namespace Dime.Cluster.Tool.Commands;

/// <summary>The options that say how silos find one another.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _redis = new("--redis")
    {
        Description = "The Redis where workers and fits find one another, with its options as in host:6379,ssl=true; "
            + $"the environment's {ClusterVariables.Redis}, or 127.0.0.1:6379, if left out.",
        HelpName = "host:port",
    };

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = $"A PostgreSQL with the tables of Orleans, in place of Redis; the environment's {ClusterVariables.Postgres} hides its password from lists of processes.",
        HelpName = "connection",
    };

    private readonly Option<bool> _localhost = new("--localhost") { Description = "Do without both on this machine, to try things out: the first worker must not stop." };
    private readonly Option<string?> _cluster = new("--cluster") { Description = "The name of the cluster, where several share a Redis; dime if left out.", HelpName = "name" };
    private readonly Option<IPAddress?> _bind = new("--bind")
    {
        Description = "The address of this machine where the others reach it; 127.0.0.1, which only this machine reaches, if left out.",
        HelpName = "address",
        CustomParser = Address,
    };

    private readonly Option<int?> _port = new("--port") { Description = "The port there; a free one if left out.", HelpName = "number", CustomParser = OptionParsers.WholeNumber(least: 1) };
    private readonly Option<int?> _dead = new("--dead-after")
    {
        Description = "After how many seconds without an answer a silo is taken for dead; 10 if left out. Give all the same.",
        HelpName = "seconds",
        CustomParser = OptionParsers.WholeNumber(least: 1),
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _redis, _postgres, _localhost, _cluster, _bind, _port, _dead })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(_redis) is not null, result.GetValue(_postgres) is not null, result.GetValue(_localhost) }.Count(given => given) > 1)
            {
                result.AddError("--redis, --postgres and --localhost exclude each other: give one of them.");
            }

            if (result.GetValue(_localhost) && result.GetValue(_bind) is { } address && !IPAddress.IsLoopback(address))
            {
                result.AddError("--localhost is for one machine: leave --bind out, or give --redis.");
            }
        });
    }

    public ClusterSettings Settings(ParseResult parsed)
    {
        string? redis = parsed.GetValue(_redis);
        string? postgres = parsed.GetValue(_postgres);
        bool isLocal = parsed.GetValue(_localhost);
        if (redis is null && !isLocal)
        {
            postgres ??= Environment.GetEnvironmentVariable(ClusterVariables.Postgres);
        }

        return new ClusterSettings(
            postgres is not null || isLocal ? null : new RedisStore(redis ?? Environment.GetEnvironmentVariable(ClusterVariables.Redis) ?? "127.0.0.1:6379"),
            postgres,
            parsed.GetValue(_cluster) ?? "dime",
            parsed.GetValue(_bind) ?? IPAddress.Loopback,
            parsed.GetValue(_port),
            TimeSpan.FromSeconds(parsed.GetValue(_dead) ?? 10));
    }

    private static IPAddress? Address(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            result.AddError($"'{text}' is not an address: give one of this machine, such as 10.0.0.5.");
        }
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            result.AddError($"'{text}' is all addresses, and others could not tell where to go: give the one of this machine that they reach.");
        }

        return address;
    }
}
