using Dime.Tool.Inputs;
using Dime.Tool.Outputs;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime score</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="Output">The file to write; null for standard output.</param>
/// <param name="Format">How scores are written; null to go by the file's ending.</param>
/// <param name="NeedsFlags">Whether the model must be calibrated.</param>
internal sealed record ScoreSettings(
    string Model,
    string Input,
    EmbeddingOptions Embeddings,
    string? Output,
    ScoreFormat? Format,
    bool NeedsFlags);
