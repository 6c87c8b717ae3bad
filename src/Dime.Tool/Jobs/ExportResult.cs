namespace Dime.Tool.Jobs;

/// <summary>What <c>dime export</c> tells.</summary>
/// <param name="Output">The ONNX file.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record ExportResult(string Output, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
