using Microsoft.ML;

namespace Dime.Tool.Models;

/// <summary>The stages of a pipeline, whatever chains they stand in.</summary>
internal static class PipelineParts
{
    /// <returns>The transformers that are no chains, in the order in which they are applied.</returns>
    public static IEnumerable<ITransformer> Of(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Of) : [model];
}
