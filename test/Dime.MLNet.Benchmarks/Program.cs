// Measures Dime.MLNet and its peers in one run, and writes docs/benchmarks.md.
//
//   dotnet run -c Release --project test/Dime.MLNet.Benchmarks
//   dotnet run -c Release --project test/Dime.MLNet.Benchmarks -- --filter '*Scoring*'     some of it, nothing is written
//   dotnet run -c Release --project test/Dime.MLNet.Benchmarks -- --partial-eigen          the solver against an iterative one
//   dotnet run -c Release --project test/Dime.MLNet.Benchmarks -- --scale-out 10000000 40 0.002   a fit by parts, for docs/scale-out.md
using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Dime.MLNet.Benchmarks;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Benchmarks.Processes;
using Dime.MLNet.Benchmarks.Report;
using Dime.MLNet.Benchmarks.Work;

if (args is [FewRowsFit.Argument])
{
    FewRowsFit.Run();
    return;
}

if (args is [PartialEigen.Argument])
{
    PartialEigen.Run();
    return;
}

if (args is [StreamedFit.Argument, string rows])
{
    StreamedFit.Run(int.Parse(rows, CultureInfo.InvariantCulture));
    return;
}

if (args is [ScaleOut.Argument, string all, string parts, string share])
{
    ScaleOut.Run(int.Parse(all, CultureInfo.InvariantCulture), int.Parse(parts, CultureInfo.InvariantCulture), double.Parse(share, CultureInfo.InvariantCulture));
    return;
}

if (args is [ScaleOut.Argument, string work, string heldOut, .. [_, _, _] numbers, string folder])
{
    int[] values = [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    ScaleOut.RunChild(work, double.Parse(heldOut, CultureInfo.InvariantCulture), values[0], values[1], values[2], folder);
    return;
}

if (args.Length > 0)
{
    BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, new BenchmarkConfig());
    return;
}

string page = Path.Combine(RepositoryRoot(), "docs", "benchmarks.md");
Console.WriteLine("dime-pytorch ...");
PytorchMedians? pytorch = PytorchPeer.Measure();
Console.WriteLine("ONNX stage ...");
PairedTimes network = OnnxBenchmarks.MeasurePairs();
IReadOnlyList<OnnxComparison> onnx = OnnxComparisons.Measure();
Console.WriteLine("streamed fits ...");
ProcessFigures streamedForSlope = StreamedFit.Measure(Shapes.StreamedRowsForSlope);
ProcessFigures streamed = StreamedFit.Measure(Shapes.StreamedRows);
long fewRows = FewRowsFit.Measure();
Summary[] summaries = BenchmarkRunner.Run(typeof(BenchmarkConfig).Assembly, new BenchmarkConfig());

string text = MarkdownReport.Write(new Measurements(Measurements.Of(summaries), pytorch, network, onnx, streamedForSlope, streamed, fewRows));
Directory.CreateDirectory(Path.GetDirectoryName(page)!);
File.WriteAllText(page, text);
Console.WriteLine($"Written: {page}");

static string RepositoryRoot() => RepositoryFolder.Find()
    ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no folder with Dime.MLNet.sln: run this inside the repository.");
