using Dime.Tool.Fitting;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime fit</c> does.</summary>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Sums">How it is read and summed.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="CalibrationInput">Other rows to calibrate on; null to calibrate on rows that are held out, if any.</param>
/// <param name="Output">The zip.</param>
internal sealed record FitSettings(string Input, SumsSettings Sums, DetectorSettings Detector, string? CalibrationInput, string Output);
