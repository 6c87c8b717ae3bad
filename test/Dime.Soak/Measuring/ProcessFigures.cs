using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Dime.Soak.Measuring;

/// <summary>What a process of Linux holds.</summary>
/// <param name="ResidentMegabytes">Its memory, without what is shared by name only.</param>
/// <param name="ManagedMegabytes">What .NET's objects take; null of another process.</param>
/// <param name="Handles">Its open file descriptors.</param>
/// <param name="Threads">Its threads.</param>
internal sealed record ProcessFigures(double ResidentMegabytes, double? ManagedMegabytes, int Handles, int Threads)
{
    // Threads of pools end by themselves when nobody needs them, which takes a while.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(90);

    // Without it, what is measured is how much of what was freed the allocator of C keeps for later. Other libraries than GNU's have none.
    private static readonly Trim _trim = NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint function)
        ? Marshal.GetDelegateForFunctionPointer<Trim>(function)
        : _ => 0;

    private delegate int Trim(nint pad);

    /// <summary>What this process holds when what nobody needs is collected.</summary>
    /// <param name="before">What it held before, which it may take a while to come back to; null to wait for nothing.</param>
    /// <param name="judgesMemory">Whether that of memory too.</param>
    public static ProcessFigures OfThis(ProcessFigures? before, bool judgesMemory)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }

            _trim(0);
            ProcessFigures now = Of(Environment.ProcessId) with { ManagedMegabytes = GC.GetTotalMemory(forceFullCollection: true) / 1e6 };
            if (before is null || now.Excess(before, judgesMemory) is null || waited.Elapsed > _longestWait)
            {
                return now;
            }

            Thread.Sleep(500);
        }
    }

    public static ProcessFigures Of(int process)
    {
        string[] status = File.ReadAllLines($"/proc/{process}/status");
        return new ProcessFigures(Number(status, "VmRSS:") / 1e3, ManagedMegabytes: null, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, Number(status, "Threads:"));
    }

    /// <summary>What has grown beyond what chance explains; null where nothing has.</summary>
    /// <param name="start">What was held before.</param>
    /// <param name="judgesMemory">Whether memory is looked at: not after seconds, while allocators still fill their pools.</param>
    public string? Excess(ProcessFigures start, bool judgesMemory)
    {
        string[] grown =
        [
            .. Grown("handles", Handles, start.Handles + 8),
            .. Grown("threads", Threads, start.Threads + 8),
            .. Grown("MB of memory", judgesMemory ? ResidentMegabytes : 0, (1.3 * start.ResidentMegabytes) + 100),
            .. Grown("MB of objects", ManagedMegabytes ?? 0, (1.2 * (start.ManagedMegabytes ?? 0)) + 8),
        ];
        return grown.Length == 0 ? null : string.Join(", ", grown);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ResidentMegabytes:0} MB{(ManagedMegabytes is { } managed ? $" ({managed:0.0} MB of objects)" : "")}, {Handles} handles, {Threads} threads");

    private static IEnumerable<string> Grown(string what, double now, double most) =>
        now > most ? [string.Create(CultureInfo.InvariantCulture, $"{now:0} {what} instead of at most {most:0}")] : [];

    private static int Number(string[] status, string name) =>
        int.Parse(status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
