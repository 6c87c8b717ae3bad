using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Server.Tests.Fixtures;

/// <summary>A PostgreSQL server of its own on loopback, with its data in a temporary folder; null where the machine has none.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-postgres-");
    private readonly string _programs;
    private readonly int _port = FreePort();

    private PostgresServer(string programs)
    {
        _programs = programs;
        if (Environment.UserName == "root")
        {
            // PostgreSQL does not run as root.
            Run("chown", "postgres", _folder.FullName);
        }

        RunOf("initdb", "-D", Data, "-U", "dime", "--auth=trust", "--no-sync", "-E", "UTF8");
        Start();
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=dime;Database=postgres;Timeout=5;Command Timeout=5";

    private string Data => Path.Combine(_folder.FullName, "data");

    public static PostgresServer? TryStart() => Find() is { } programs ? new PostgresServer(programs) : null;

    public void Start() => RunOf("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder.FullName, "log"), "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", "start");

    public void Stop() => RunOf("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            Stop();
        }

        _folder.Delete(recursive: true);
    }

    // Debian has them beside the path, a folder for each version.
    private static string? Find()
    {
        IEnumerable<string> folders = SearchPath.Folders;
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            folders = folders.Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")));
        }

        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    private void RunOf(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        if (Environment.UserName == "root")
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private void Run(string program, params string[] arguments)
    {
        // Not piped: the server keeps what it is started with open.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > \"$0\" 2>&1", Path.Combine(_folder.Parent!.FullName, $"{_folder.Name}.out"), program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),

            // It refuses a language that is not installed.
            Environment = { ["LC_ALL"] = "C" },
        })!;
        process.WaitForExit();
        string output = Path.Combine(_folder.Parent!.FullName, $"{_folder.Name}.out");
        Assert.AreEqual(0, process.ExitCode, $"{program}: {File.ReadAllText(output)}");
        File.Delete(output);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
