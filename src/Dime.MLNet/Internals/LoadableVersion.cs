using Microsoft.ML;

namespace Dime.MLNet.Internals;

/// <summary>What ML.NET writes before each of our models, so that it can load this assembly and find the loader.</summary>
internal static class LoadableVersion
{
    /// <param name="modelSignature">Eight characters that name the format.</param>
    /// <param name="loaderSignature">The name under which the loader is registered.</param>
    public static VersionInfo Of(string modelSignature, string loaderSignature) => new(
        modelSignature,
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: loaderSignature,

        // The simple name, so that a model loads with any version of the package that reads its format.
        loaderAssemblyName: typeof(LoadableVersion).Assembly.GetName().Name);
}
