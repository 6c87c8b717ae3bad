using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Internals;

/// <summary>The environment behind an <see cref="MLContext"/>, and what it is set to.</summary>
internal static class EnvironmentAccess
{
    public static IHostEnvironment EnvironmentOf(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CatalogUtils.GetEnvironment(catalog);
    }

    public static IHostEnvironment EnvironmentOf(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return mlContext;
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
}
