namespace Dime.MLNet.Benchmarks.Report;

/// <summary>A line of the table of targets.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">What it is compared with, and its figure.</param>
/// <param name="Ratio">The two compared.</param>
/// <param name="Target">What the ratio has to be; empty where nothing is demanded.</param>
/// <param name="Reached">Whether it is; null where nothing is demanded.</param>
internal sealed record TargetRow(string Work, string Ours, string Peer, string Ratio, string Target, bool? Reached);
