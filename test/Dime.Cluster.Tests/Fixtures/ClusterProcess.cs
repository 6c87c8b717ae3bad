using System.Diagnostics;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>A <c>dime-cluster</c> in a process of its own, whose lines are heard as they come.</summary>
internal sealed class ClusterProcess : IDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private bool _isDisposed;

    private ClusterProcess(string[] arguments, string? redis)
    {
        var start = new ProcessStartInfo(DimeProcess.Host, ["exec", Path.Combine(AppContext.BaseDirectory, "dime-cluster.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DIME_CLUSTER_REDIS"] = redis;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that was said so far, on both outputs.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public string Text => string.Join('\n', Lines);

    public static ClusterProcess Start(params string[] arguments) => new(arguments, redis: null);

    /// <summary>Starts one that is told of its Redis by the environment.</summary>
    public static ClusterProcess StartWithRedis(string redis, params string[] arguments) => new(arguments, redis);

    /// <summary>Waits for a number of lines that have a text in them.</summary>
    public void WaitFor(string text, int count = 1)
    {
        var watch = Stopwatch.StartNew();
        lock (_lines)
        {
            while (_lines.Count(line => line.Contains(text, StringComparison.Ordinal)) < count)
            {
                bool isHopeful = !_process.HasExited && watch.Elapsed < _longest;
                Assert.IsTrue(isHopeful, $"It has not said '{text}' {count} times, but:\n{string.Join('\n', _lines)}");
                Monitor.Wait(_lines, TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public int Wait()
    {
        Assert.IsTrue(_process.WaitForExit(_longest), $"It does not come to an end:\n{Text}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Sends it a signal, such as <c>-TERM</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.AreEqual(0, kill.ExitCode);
    }

    /// <summary>Ends it as a power failure would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                Monitor.PulseAll(_lines);
            }
        }
    }
}
