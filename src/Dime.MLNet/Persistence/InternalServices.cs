using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Persistence;

/// <summary>What ML.NET gives its own components only, besides saving and loading: environment, seed, cancellation, schema shapes.</summary>
internal static class InternalServices
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

    /// <summary>The transformers of a chain with their scopes; null for a transformer that is no chain.</summary>
    public static IReadOnlyList<(ITransformer Transformer, TransformerScope Scope)>? PartsOf(ITransformer transformer) =>
        transformer is ITransformerChainAccessor chain ? [.. chain.Transformers.Zip(chain.Scopes)] : null;
}
