using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Internals;

/// <summary>What ML.NET gives its own components only, besides saving and loading: environment, seed, cancellation, schema shapes.</summary>
internal static class EnvironmentAccess
{
    public static IHostEnvironment EnvironmentOf(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CatalogUtils.GetEnvironment(catalog);
    }

    /// <summary>The seed that the <see cref="MLContext"/> was given.</summary>
    public static int? SeedOf(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    /// <summary>The GPU that the <see cref="MLContext"/> is set to, and whether to run on the CPU where the GPU fails.</summary>
    public static (int? DeviceId, bool FallbackToCpu) GpuOf(IHostEnvironment environment) =>
        environment is IHostEnvironmentInternal host ? (host.GpuDeviceId, host.FallbackToCpu) : (null, false);

    public static void ThrowIfCancelled(IHostEnvironment environment)
    {
        if (environment is ICancelable { IsCanceled: true })
        {
            throw new OperationCanceledException("The MLContext was cancelled.");
        }
    }

    public static SchemaShape.Column ScalarColumn(string name, PrimitiveDataViewType type) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, type, isKey: false);

    public static SchemaShape.Column VectorColumn(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey: false);

    /// <summary>The shape with further columns; one of the same name is replaced, as the later column hides it.</summary>
    public static SchemaShape Append(SchemaShape shape, params SchemaShape.Column[] added) =>
        new([.. shape.ExceptBy(added.Select(c => c.Name), c => c.Name), .. added]);

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
