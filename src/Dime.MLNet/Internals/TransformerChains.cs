using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Internals;

/// <summary>The parts of a chain with their scopes.</summary>
internal static class TransformerChains
{
    /// <summary>What scoring runs before the chain's last transformer.</summary>
    public static IEnumerable<ITransformer> BeforeLast<TLast>(TransformerChain<TLast> chain)
        where TLast : class, ITransformer
    {
        var parts = (ITransformerChainAccessor)chain;
        return from part in parts.Transformers.Zip(parts.Scopes).SkipLast(1)
               where part.Second.HasFlag(TransformerScope.Scoring)
               select part.First;
    }

    /// <summary>A copy of the chain in which one transformer stands for another, with the same scopes.</summary>
    public static TransformerChain<TLast> Replace<TLast>(TransformerChain<TLast> chain, ITransformer old, ITransformer replacement)
        where TLast : class, ITransformer
    {
        var parts = (ITransformerChainAccessor)chain;
        return new TransformerChain<TLast>(
            parts.Transformers.Select(part => ReferenceEquals(part, old) ? replacement : part), parts.Scopes);
    }
}
