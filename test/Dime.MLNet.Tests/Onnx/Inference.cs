using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>Runs a network through ONNX Runtime itself.</summary>
internal static class Inference
{
    public static float[] Run(byte[] model, string inputName, float[] input, long[] shape, string outputName)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [inputName], [value], [outputName]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Pixel values that are reproducible and differ from one another.</summary>
    public static float[] Pixels(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(256))];
    }
}
