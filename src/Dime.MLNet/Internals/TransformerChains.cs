using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Internals;

/// <summary>The parts of a chain with their scopes.</summary>
internal static class TransformerChains
{
    /// <summary>The transformers of a chain with their scopes; null for a transformer that is no chain.</summary>
    public static IReadOnlyList<(ITransformer Transformer, TransformerScope Scope)>? PartsOf(ITransformer transformer) =>
        transformer is ITransformerChainAccessor chain ? [.. chain.Transformers.Zip(chain.Scopes)] : null;
}
