using System.Diagnostics;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Recipes;

/// <summary>A shell in which <c>dime</c> is on the path, as the recipes of docs/scale-out expect.</summary>
internal sealed class RecipeShell
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(2);

    private readonly string _path;

    public RecipeShell(TemporaryFolder folder)
    {
        string bin = folder["bin"];
        _path = $"{bin}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs a POSIX shell.");
            return;
        }

        Directory.CreateDirectory(bin);
        string program = Path.Combine(bin, "dime");
        File.WriteAllText(program, $"#!/bin/sh\nexec '{DimeProcess.Host}' exec '{DimeProcess.Program}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    /// <summary>The recipes, beside the tests.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "scale-out");

    /// <summary>Skips the test where a tool is not on the path.</summary>
    public static void Require(string tool)
    {
        if (SearchPath.Find(tool) is null)
        {
            Assert.Inconclusive($"No {tool} is on the path.");
        }
    }

    /// <summary>Runs a recipe with bash.</summary>
    public DimeRun Recipe(string name, string input, IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        Run("bash", [Path.Combine(Folder, name), .. arguments], input, variables);

    public DimeRun Run(string program, IEnumerable<string> arguments, string input, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = _path;
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Assert.IsTrue(process.WaitForExit(_longest), $"{program} does not come to an end.");
        return new DimeRun(process.ExitCode, output.Result, error.Result);
    }
}
