using System.Diagnostics;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Scores with a saved model in a new process, in which nothing of the test has run.</summary>
internal static class NewProcess
{
    /// <summary>Saves model and rows, starts the process, and reads what it reports.</summary>
    /// <param name="mlContext">The context of the model.</param>
    /// <param name="model">The model to save and load.</param>
    /// <param name="rows">The rows to score; their schema is saved with the model.</param>
    /// <param name="columns">The columns to report.</param>
    public static NewProcessReport Score(MLContext mlContext, ITransformer model, IDataView rows, params string[] columns)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
        try
        {
            string modelFile = Path.Combine(folder.FullName, "model.zip");
            string rowsFile = Path.Combine(folder.FullName, "rows.idv");
            string reportFile = Path.Combine(folder.FullName, "report.txt");
            mlContext.Model.Save(model, rows.Schema, modelFile);
            using (FileStream stream = File.Create(rowsFile))
            {
                mlContext.Data.SaveAsBinary(rows, stream);
            }

            Run([modelFile, rowsFile, reportFile, .. columns]);
            return new NewProcessReport(File.ReadAllLines(reportFile));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Run(string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Dime.MLNet.SecondProcess.dll");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, ["exec", program, .. arguments]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors);
    }
}
