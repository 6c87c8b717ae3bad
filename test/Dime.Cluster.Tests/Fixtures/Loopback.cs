using System.Net;
using System.Net.Sockets;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>Ports that only this machine reaches.</summary>
internal static class Loopback
{
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
