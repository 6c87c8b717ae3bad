using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>Loads a network.</summary>
internal static class NetworkFile
{
    /// <exception cref="InputException">There is no such file, or it is no network.</exception>
    public static OnnxGraph Load(string path) => File.Exists(path)
        ? LibraryErrors.AsInput(() => OnnxGraph.Load(path))
        : throw new InputException($"There is no network '{path}'; name an ONNX file.");
}
