using System.Diagnostics;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Runs <c>dime</c> as its users do: in a process of its own, without a terminal.</summary>
internal static class DimeProcess
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(2);

    public static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string Program => Path.Combine(AppContext.BaseDirectory, "dime.dll");

    public static DimeRun Run(params string[] arguments) => RunWithInput("", arguments);

    public static DimeRun RunWithInput(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Assert.IsTrue(process.WaitForExit(_longest), "dime does not come to an end.");
        return new DimeRun(process.ExitCode, output.Result, error.Result);
    }

    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Host, ["exec", Program, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
