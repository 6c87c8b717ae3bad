using System.Diagnostics;

namespace Dime.Documentation.Tests;

/// <summary>Runs programs in processes of their own, in which nothing of the tests or of another program has run.</summary>
internal static class SnippetProcess
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(2);

    /// <summary>Compiles and runs a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Its working directory.</param>
    /// <returns>What it writes to the console.</returns>
    /// <exception cref="SnippetException">It does not compile, fails, or does not come to an end.</exception>
    public static string Run(SnippetProgram program, string folder)
    {
        // Beside the assemblies that it needs, as a project's build would put it.
        string assembly = Path.Combine(AppContext.BaseDirectory, $"snippet-{Guid.NewGuid():N}.dll");
        try
        {
            SnippetCompiler.Compile(program, assembly);
            return Run(assembly, folder, program.Title);
        }
        finally
        {
            File.Delete(assembly);
        }
    }

    private static string Run(string assembly, string folder, string title)
    {
        string tests = Path.Combine(AppContext.BaseDirectory, typeof(SnippetProcess).Assembly.GetName().Name!);
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] arguments = ["exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", assembly];
        using Process process = Process.Start(new ProcessStartInfo(host, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(_longest))
        {
            process.Kill(entireProcessTree: true);
            throw new SnippetException($"{title}: it does not come to an end.");
        }

        return process.ExitCode == 0 ? output.Result : throw new SnippetException($"{title}: exit code {process.ExitCode}\n{error.Result}\n{output.Result}");
    }
}
