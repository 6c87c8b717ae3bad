using Dime.MLNet.Internals;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>Walks and copies fitted pipelines: a transformer, a chain of them, or chains within chains.</summary>
internal static class FittedPipeline
{
    /// <summary>The transformers in the order in which they run, chains taken apart.</summary>
    /// <returns>Each with whether scoring runs it, and not training alone.</returns>
    public static IEnumerable<(ITransformer Transformer, bool Scores)> Stages(ITransformer model) => Stages(model, scores: true);

    /// <summary>
    /// A copy in which one transformer stands for another. Chains keep their types and scopes, and the copy can be disposed
    /// without harm to what it shares with the original.
    /// </summary>
    public static ITransformer Replace(ITransformer model, ITransformer old, ITransformer replacement)
    {
        if (ReferenceEquals(model, old))
        {
            return replacement;
        }

        return TransformerChains.PartsOf(model) is { } parts
            ? ChainLike(model, [.. parts.Select(part => Replace(part.Transformer, old, replacement))], [.. parts.Select(part => part.Scope)])
            : model is ISharingTransformer sharing ? sharing.Share() : model;
    }

    private static IEnumerable<(ITransformer Transformer, bool Scores)> Stages(ITransformer model, bool scores) =>
        TransformerChains.PartsOf(model) is { } parts
            ? parts.SelectMany(part => Stages(part.Transformer, scores && part.Scope.HasFlag(TransformerScope.Scoring)))
            : [(model, scores)];

    // The type tells the type of its last transformer, which whoever has the chain may count on.
    private static ITransformer ChainLike(ITransformer chain, ITransformer[] transformers, TransformerScope[] scopes) =>
        (ITransformer)Activator.CreateInstance(chain.GetType(), transformers, scopes)!;
}
