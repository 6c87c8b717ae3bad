namespace Dime.MLNet.Benchmarks.Work;

/// <summary>What the child process of a streamed fit tells.</summary>
/// <param name="Seconds">The time of the fit, generation of the rows included.</param>
/// <param name="PeakBytes">The largest working set the process ever had.</param>
internal sealed record StreamedFitResult(double Seconds, long PeakBytes);
