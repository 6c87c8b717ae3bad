using System.Globalization;

namespace Dime.Notebooks.Execution;

/// <summary>
/// The surroundings of a notebook while it runs: its folder as working directory, the console as its output, temporary files
/// in a folder that goes with it. These belong to the process, so notebooks run one at a time.
/// </summary>
internal sealed class NotebookProcess : IDisposable
{
    // The variables that Path.GetTempPath reads, on Unix and on Windows.
    private static readonly string[] _temporaryVariables = ["TMPDIR", "TMP", "TEMP"];

    private readonly string _directory = Environment.CurrentDirectory;
    private readonly string?[] _temporary = [.. _temporaryVariables.Select(Environment.GetEnvironmentVariable)];
    private readonly (TextWriter Out, TextWriter Error) _console = (Console.Out, Console.Error);
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notebook-");

    public NotebookProcess(string folder, CellOutputs outputs)
    {
        Array.ForEach(_temporaryVariables, name => Environment.SetEnvironmentVariable(name, _folder.FullName));
        Environment.CurrentDirectory = folder;
        Console.SetOut(outputs.Writer("stdout"));
        Console.SetError(outputs.Writer("stderr"));
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    }

    public void Dispose()
    {
        CultureInfo.CurrentCulture = _culture;
        Console.SetOut(_console.Out);
        Console.SetError(_console.Error);
        Environment.CurrentDirectory = _directory;
        for (int i = 0; i < _temporary.Length; i++)
        {
            Environment.SetEnvironmentVariable(_temporaryVariables[i], _temporary[i]);
        }

        _folder.Delete(recursive: true);
    }
}
