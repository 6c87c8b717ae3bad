using System.Diagnostics;
using Dime.Notebooks.Documents;
using Dime.Notebooks.Execution;

namespace Dime.Notebooks;

/// <summary>The command: which notebooks to run, and whether to fill in their outputs or to check those they have.</summary>
internal sealed class RunnerCommand(TextWriter output, TextWriter error)
{
    public const string Usage =
        """
        dotnet run --project notebooks/Runner [-- [--check] [notebook or folder …]]

        Runs the C# cells of notebooks in order and fills in their outputs; without arguments, all in the folder notebooks.
        A notebook with a failing cell stays as it is. With --check nothing is written, and outputs that the notebooks lack
        are failures too.
        """;

    private const string Check = "--check";
    private const string DefaultFolder = "notebooks";

    /// <returns>The exit code: 0, or 1 after the first failure.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.FirstOrDefault(argument => argument.StartsWith('-') && argument != Check) is { } unknown)
        {
            bool help = unknown is "-h" or "--help" or "-?";
            (help ? output : error).WriteLine(help ? Usage : $"There is no option {unknown}.\n\n{Usage}");
            return help ? 0 : 1;
        }

        try
        {
            foreach (string path in Notebooks([.. arguments.Where(argument => argument != Check)]))
            {
                await RunAsync(Notebook.Load(path), arguments.Contains(Check));
            }

            return 0;
        }
        catch (NotebookException exception)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static IEnumerable<string> Notebooks(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !Directory.Exists(DefaultFolder))
        {
            throw new NotebookException($"There is no folder {DefaultFolder} here: run from the root of the repository, or name notebooks.");
        }

        foreach (string argument in arguments.DefaultIfEmpty(DefaultFolder))
        {
            if (!Directory.Exists(argument))
            {
                yield return argument;
                continue;
            }

            string[] found = Directory.GetFiles(argument, "*.ipynb");
            foreach (string path in found.Length > 0 ? found.Order(StringComparer.Ordinal) : throw new NotebookException($"There is no notebook in {argument}."))
            {
                yield return path;
            }
        }
    }

    private async Task RunAsync(Notebook notebook, bool check)
    {
        var clock = Stopwatch.StartNew();
        var outputs = new List<IReadOnlyList<CellOutput>>();
        using (var run = new NotebookRun(notebook))
        {
            foreach (CodeCell cell in notebook.CodeCells)
            {
                outputs.Add(await run.RunAsync(cell));
            }
        }

        if (check)
        {
            OutputCheck.Compare(notebook, outputs);
        }
        else
        {
            notebook.Save(outputs);
        }

        output.WriteLine($"{notebook.Name}: {outputs.Count} cells, {clock.Elapsed.TotalSeconds:F1} s");
    }
}
