using Dime.Tool.Inputs;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime report</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Network">The network's file, as it is to be named; null where embeddings come from elsewhere.</param>
/// <param name="Title">The heading.</param>
/// <param name="Sets">The sets to score.</param>
/// <param name="Embeddings">How files of embeddings are read.</param>
/// <param name="Output">The HTML file.</param>
internal sealed record ReportSettings(string Model, string? Network, string Title, IReadOnlyList<NamedSet> Sets, EmbeddingOptions Embeddings, string Output)
{
    public const string DefaultTitle = "Out-of-distribution report";
}
