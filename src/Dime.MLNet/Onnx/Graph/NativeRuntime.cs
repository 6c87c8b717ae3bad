using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Calls into ONNX Runtime and says what to do where it cannot be loaded or does not accept the network.</summary>
internal static class NativeRuntime
{
    public static T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (IsLibraryMissing(exception))
        {
            throw new InvalidOperationException(
                "The native library of ONNX Runtime could not be loaded. Add the NuGet package Microsoft.ML.OnnxRuntime " +
                "(or Microsoft.ML.OnnxRuntime.Gpu) to the application.", exception);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"ONNX Runtime rejects the network: {exception.Message}", exception);
        }
    }

    private static bool IsLibraryMissing(Exception exception) => exception switch
    {
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException => true,
        TypeInitializationException { InnerException: { } inner } => IsLibraryMissing(inner),
        _ => false,
    };
}
