namespace Dime.MLNet.Benchmarks.Report;

/// <summary>What BenchmarkDotNet found for one benchmark.</summary>
/// <param name="Name">The class and the method.</param>
/// <param name="Shape">The size of the work; null where there is only one.</param>
/// <param name="Seconds">The median time.</param>
/// <param name="Bytes">The managed memory allocated by one run.</param>
internal sealed record Measurement(string Name, Data.Shape? Shape, double Seconds, long Bytes);
