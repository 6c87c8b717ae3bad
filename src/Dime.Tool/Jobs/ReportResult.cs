namespace Dime.Tool.Jobs;

/// <summary>What <c>dime report</c> tells.</summary>
/// <param name="Output">The HTML file.</param>
/// <param name="Sets">What is said of each set in figures.</param>
internal sealed record ReportResult(string Output, IReadOnlyList<SetResult> Sets);
