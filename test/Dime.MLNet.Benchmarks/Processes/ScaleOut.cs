using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Processes;

/// <summary>
/// A fit to generated rows as a whole, and by parts that are written to files, read and merged: both with all defaults but the share of rows that are held out, in processes of their
/// own, whose peaks of memory are told. Rows exist one at a time, so that no disk is measured but for the parts.
/// </summary>
internal static class ScaleOut
{
    public const string Argument = "--scale-out";

    private const int WarmUpRows = 10_000;
    private const double MegaByte = 1e6;

    /// <summary>Measures both, and prints it.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="share">The share of rows that are held out, of which 20 000 are kept at most.</param>
    /// <exception cref="InvalidOperationException">A process failed.</exception>
    public static void Run(int rows, int parts, double share)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-scale-out-");
        try
        {
            // In turn, because what else the machine does changes from minute to minute.
            ProcessFigures whole = Child("whole", 0), together = Child("parts", 0), wholeAgain = Child("whole", 0), togetherAgain = Child("parts", 0);
            double seconds = (whole.Seconds + wholeAgain.Seconds) / 2;
            Say($"One fit of {rows} rows of {Shapes.StreamedDimension} values, a share of {share} held out: {whole}; again: {wholeAgain}.");
            Say($"{parts} parts one after the other in a process, written, read, merged and fitted to: {together}; again: {togetherAgain}; {Ratio((together.Seconds + togetherAgain.Seconds) / 2)}.");

            // As schedulers do, with the start of a process for each.
            var clock = Stopwatch.StartNew();
            ProcessFigures[] each =
            [
                .. Enumerable.Range(0, parts).AsParallel().WithDegreeOfParallelism(Environment.ProcessorCount)
                    .WithExecutionMode(ParallelExecutionMode.ForceParallelism).Select(part => Child("part", part)),
            ];
            ProcessFigures merge = Child("merge", 0);
            double apart = clock.Elapsed.TotalSeconds;
            Say($"A process for each part, {Environment.ProcessorCount} at a time, and one to merge: {apart:F2} s with their starts; {Ratio(apart)}. A part: {each.MaxBy(part => part.PeakBytes)}; the merge: {merge}.");
            Say($"A file of sums: {folder.GetFiles("*.sums").Max(file => file.Length) / MegaByte:F1} MB.");

            ProcessFigures Child(string work, int part) => ChildProcess.Run<ProcessFigures>(
                [Argument, work, share.ToString(CultureInfo.InvariantCulture), .. new[] { rows, parts, part }.Select(number => number.ToString(CultureInfo.InvariantCulture)), folder.FullName]);

            string Ratio(double time) => string.Create(CultureInfo.InvariantCulture, $"{100 * ((time / seconds) - 1):+0.0;-0.0} % more time");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What a child process does; it prints its figures.</summary>
    public static void RunChild(string work, double share, int rows, int parts, int part, string folder)
    {
        var generated = new PatternRows(Shapes.StreamedDimension);
        DimeEstimator estimator = new MLContext(seed: 1).Transforms.DetectOutOfDistribution(new DimeOptions { Calibration = Calibration.HeldOut(share) });
        if (work is "whole" or "parts")
        {
            estimator.Fit(View(0, WarmUpRows));
        }

        var clock = Stopwatch.StartNew();
        switch (work)
        {
            case "whole":
                estimator.Fit(View(0, rows));
                break;
            case "parts":
                // Sums never change, so that one part is written while rows of the next are read.
                Task written = Task.CompletedTask;
                for (int i = 0; i < parts; i++)
                {
                    int number = i;
                    DimeSums sums = Accumulate(number);
                    written.Wait();
                    written = Task.Run(() => sums.Save(FileOf(number)));
                }

                written.Wait();
                Merge();
                break;
            case "part":
                Accumulate(part).Save(FileOf(part));
                break;
            default:
                Merge();
                break;
        }

        ChildProcess.Tell(new ProcessFigures(clock.Elapsed.TotalSeconds, ChildProcess.PeakBytes()));

        IDataView View(int first, int count) => DataViews.Of(new MLContext(), generated.From(first, count), Shapes.StreamedDimension);

        DimeSums Accumulate(int i)
        {
            int first = (int)((long)rows * i / parts);
            int next = (int)((long)rows * (i + 1) / parts);
            return estimator.Accumulate(View(first, next - first), new AccumulationOptions { Source = $"part-{i:D4}" });
        }

        void Merge() => estimator.Fit((DimeSums)DetectorSums.Merge(DetectorSums.LoadAll(Enumerable.Range(0, parts).Select(FileOf))));

        string FileOf(int i) => Path.Combine(folder, $"part-{i:D4}.sums");
    }

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
