using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>A set of today's rows, of which it is asked whether they drifted.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Drift">Whether they did.</param>
internal sealed record CurrentSet(string Name, DriftResult Drift);
