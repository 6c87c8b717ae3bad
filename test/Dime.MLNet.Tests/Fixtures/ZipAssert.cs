using System.Reflection;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Zips that must be refused, in little memory.</summary>
internal static class ZipAssert
{
    // A load of a whole model takes about 1 MB in ML.NET, and our reader at most 1 MB at a time.
    private const long FewBytes = 16 << 20;

    /// <summary>ML.NET creates models by reflection, so what a model throws may arrive as the cause of another exception.</summary>
    public static TException IsRefused<TException>(ModelZip zip, string damage)
        where TException : Exception
    {
        var mlContext = new MLContext();
        using var stream = new MemoryStream(zip.Bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = null;
        try
        {
            mlContext.Model.Load(stream, out _);
        }
        catch (Exception e) when (e is TException or TargetInvocationException)
        {
            error = e;
        }

        Assert.IsLessThan(FewBytes, GC.GetAllocatedBytesForCurrentThread() - before, damage);
        while (error is not null and not TException)
        {
            error = error.InnerException;
        }

        Assert.IsNotNull(error, $"{damage}: no {typeof(TException).Name}.");
        return (TException)error;
    }
}
