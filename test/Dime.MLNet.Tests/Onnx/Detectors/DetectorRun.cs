using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>What ONNX Runtime makes of a graph: each output as numbers, truth as 1.</summary>
internal sealed class DetectorRun
{
    private readonly Dictionary<string, float[]> _values;

    private DetectorRun(Dictionary<string, float[]> values) => _values = values;

    public float[] this[string output] => _values[output];

    public IEnumerable<string> Outputs => _values.Keys;

    /// <summary>Runs a graph on rows of <paramref name="shape"/>, without N.</summary>
    public static DetectorRun Of(OnnxGraph graph, float[] values, params long[] shape) => Of(graph.ToBytes(), values, shape);

    public static DetectorRun Of(byte[] model, float[] values, params long[] shape)
    {
        using InferenceSession session = Open(model);
        return Run(session, [(session.InputNames[0], values, [Rows(values, shape), .. shape])]);
    }

    /// <summary>Runs a graph on several inputs, of shapes with N.</summary>
    public static DetectorRun Of(OnnxGraph graph, params (string Name, float[] Values, long[] Shape)[] inputs)
    {
        using InferenceSession session = Open(graph.ToBytes());
        return Run(session, inputs);
    }

    private static DetectorRun Run(InferenceSession session, (string Name, float[] Values, long[] Shape)[] inputs)
    {
        OrtValue[] values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape))];
        try
        {
            using var run = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [.. inputs.Select(input => input.Name)], values, session.OutputNames);
            return new DetectorRun(session.OutputNames.Zip(outputs, (name, output) => (name, Read(output))).ToDictionary(pair => pair.name, pair => pair.Item2));
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    private static InferenceSession Open(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model, options);
    }

    private static long Rows(float[] values, long[] shape) => values.Length / shape.Aggregate(1L, (product, size) => product * size);

    private static float[] Read(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
        TensorElementType.Bool => [.. value.GetTensorDataAsSpan<bool>().ToArray().Select(flag => flag ? 1f : 0f)],
        var other => throw new NotSupportedException($"No test reads {other}."),
    };
}
