using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Benchmarks.Processes;
using Dime.MLNet.Benchmarks.Work;

namespace Dime.MLNet.Benchmarks.Report;

/// <summary>Everything that one run measured.</summary>
/// <param name="Benchmarks">Of BenchmarkDotNet.</param>
/// <param name="Pytorch">Of dime-pytorch; null where it is not installed.</param>
/// <param name="Network">The ONNX stage alone, and with DIME.</param>
/// <param name="OnnxComparisons">Our ONNX stage and fused networks against their peers.</param>
/// <param name="StreamedForSlope">The streamed fit of <see cref="Shapes.StreamedRowsForSlope"/> rows.</param>
/// <param name="Streamed">The streamed fit of <see cref="Shapes.StreamedRows"/> rows.</param>
/// <param name="FewRowsPeakBytes">The peak of memory, over the data, of the fit of <see cref="Shapes.FewForMemory"/>.</param>
internal sealed record Measurements(
    IReadOnlyList<Measurement> Benchmarks,
    PytorchMedians? Pytorch,
    PairedTimes Network,
    IReadOnlyList<OnnxComparison> OnnxComparisons,
    ProcessFigures StreamedForSlope,
    ProcessFigures Streamed,
    long FewRowsPeakBytes)
{
    /// <summary>Takes the medians from BenchmarkDotNet's summaries.</summary>
    /// <exception cref="InvalidOperationException">A benchmark failed.</exception>
    public static IReadOnlyList<Measurement> Of(IEnumerable<Summary> summaries) =>
        [.. summaries.SelectMany(summary => summary.BenchmarksCases.Select(benchmark => Of(summary[benchmark], benchmark.DisplayInfo)))];

    /// <summary>The one measurement of a method, for a shape where there are several.</summary>
    public Measurement Benchmark(string className, string method, Shape? shape = null) =>
        Benchmarks.Single(measurement => measurement.Name == $"{className}.{method}" && measurement.Shape == shape);

    private static Measurement Of(BenchmarkReport? report, string name)
    {
        if (report is not { Success: true, ResultStatistics: not null })
        {
            throw new InvalidOperationException($"{name} failed; see its output above. Nothing is written.");
        }

        Descriptor descriptor = report.BenchmarkCase.Descriptor;
        Shape? shape = report.BenchmarkCase.Parameters.Items.Select(parameter => parameter.Value).OfType<Shape>().SingleOrDefault();
        return new Measurement(
            $"{descriptor.Type.Name}.{descriptor.WorkloadMethod.Name}",
            shape,
            report.ResultStatistics.Median * 1e-9,
            report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
    }
}
