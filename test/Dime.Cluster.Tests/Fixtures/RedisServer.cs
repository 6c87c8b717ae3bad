using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>A Redis on a port of the loopback of its own, which keeps nothing.</summary>
internal sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan _longestStart = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RedisServer(Process process, int port)
    {
        _process = process;
        Address = $"127.0.0.1:{port}";
    }

    public string Address { get; }

    /// <summary>The server named by the environment variable DIME_REDIS_SERVER, or the one on the path; null where there is none.</summary>
    public static string? Find() => SearchPath.FindByVariable("DIME_REDIS_SERVER", "redis-server");

    /// <summary>Starts one, or leaves the test out where there is none.</summary>
    /// <param name="options">More of its options.</param>
    public static RedisServer StartOrSkip(params string[] options)
    {
        if (Find() is not { } program)
        {
            Assert.Inconclusive("There is no redis-server on the path; install it (Debian: redis-server), or name it in DIME_REDIS_SERVER.");
            throw new UnreachableException();
        }

        int port = Loopback.FreePort();
        Process process = Process.Start(new ProcessStartInfo(program, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), .. options])
        {
            RedirectStandardOutput = true,
        })!;
        process.BeginOutputReadLine();
        var server = new RedisServer(process, port);
        server.WaitUntilReady(port);
        return server;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void WaitUntilReady(int port)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (watch.Elapsed < _longestStart && !_process.HasExited)
            {
                Thread.Sleep(50);
            }
        }
    }
}
