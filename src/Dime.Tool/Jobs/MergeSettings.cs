using Dime.Tool.Fitting;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime merge</c> does.</summary>
/// <param name="Parts">Files of sums.</param>
/// <param name="Network">The network of parts that are of images; null where none is named.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="OptionOfDime">The first given option that is for one DIME distance alone; null for none.</param>
/// <param name="Output">The zip, or the file of sums.</param>
internal sealed record MergeSettings(IReadOnlyList<string> Parts, string? Network, DetectorSettings Detector, string? OptionOfDime, string Output);
