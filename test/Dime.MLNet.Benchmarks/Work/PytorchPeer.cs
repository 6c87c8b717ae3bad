using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Runs peers/dime_pytorch.py where the package dime-pytorch is installed.</summary>
internal static class PytorchPeer
{
    private const string PythonVariable = "DIME_PEER_PYTHON";

    private static string Python => Environment.GetEnvironmentVariable(PythonVariable) is { Length: > 0 } python ? python : "python3";

    /// <summary>Measures everything; null where the package is not installed.</summary>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    public static PytorchMedians? Measure()
    {
        if (!CanImport())
        {
            return null;
        }

        string[] cases = [FitCase(Shapes.LongByThreshold), FitCase(Shapes.Wide), .. Shapes.Few.Select(FitCase), DistanceCase(Shapes.Narrow), DistanceCase(Shapes.Wide), ProbabilityCase(Shapes.Narrow)];
        string script = Path.Combine(AppContext.BaseDirectory, "peers", "dime_pytorch.py");
        using Process process = Start([script, "--json", "--threads", Shapes.Threads.ToString(CultureInfo.InvariantCulture), .. cases]);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<PytorchMedians>(output, JsonSerializerOptions.Web)
            : throw new InvalidOperationException($"{script} ended with exit code {process.ExitCode}; see its message above.");
    }

    public static string FitCase(Shape shape) => Case("fit", shape);

    public static string DistanceCase(Shape shape) => Case("distance", shape);

    public static string ProbabilityCase(Shape shape) => Case("probability", shape);

    private static string Case(string work, Shape shape) =>
        string.Create(CultureInfo.InvariantCulture, $"{work}:{shape.Rows}:{shape.Dimension}:{shape.Rank ?? Shapes.Threshold}");

    private static bool CanImport()
    {
        try
        {
            using Process process = Start(["-c", "import importlib.util as u, sys; sys.exit(not (u.find_spec('dime') and u.find_spec('torch')))"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true };

        // These override what OpenBLAS finds out about the processor by itself, and can make it several times slower.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        start.Environment["OPENBLAS_NUM_THREADS"] = Shapes.Threads.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }
}
