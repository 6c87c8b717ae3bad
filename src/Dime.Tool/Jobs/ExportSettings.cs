namespace Dime.Tool.Jobs;

/// <summary>What <c>dime export</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Network">The network to fuse the detector into; null to write it alone.</param>
/// <param name="Layer">The tensor that it watches; null for the one it was fitted to.</param>
/// <param name="Prefix">What its outputs' names begin with; null for nothing.</param>
/// <param name="Output">The ONNX file.</param>
internal sealed record ExportSettings(string Model, string? Network, string? Layer, string? Prefix, string Output);
