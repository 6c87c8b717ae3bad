using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Tests.Onnx.Graph;

[TestClass]
public sealed class NativeRuntimeTests
{
    [TestMethod]
    public void Missing_library_names_the_package_to_add()
    {
        Exception[] causes =
        [
            new DllNotFoundException(),
            new EntryPointNotFoundException(),
            new TypeInitializationException("NativeMethods", new TypeInitializationException("OrtEnv", new DllNotFoundException())),
        ];
        foreach (Exception cause in causes)
        {
            InvalidOperationException exception = Assert.ThrowsExactly<InvalidOperationException>(() => NativeRuntime.Call<int>(() => throw cause));
            StringAssert.Contains(exception.Message, "NuGet package Microsoft.ML.OnnxRuntime", StringComparison.Ordinal);
            Assert.AreSame(cause, exception.InnerException);
        }
    }

    [TestMethod]
    public void Other_failures_pass_through() =>
        Assert.ThrowsExactly<TypeInitializationException>(() =>
            NativeRuntime.Call<int>(() => throw new TypeInitializationException("Other", new ArgumentException("a bug"))));
}
