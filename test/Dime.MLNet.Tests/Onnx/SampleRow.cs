using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>Random pixels for the sample network, with columns to hand on.</summary>
internal sealed class SampleRow
{
    public const int Size = 3 * 32 * 32;
    public const string Tensor = "/l2/l2.1/Relu_1_output_0";

    public int Number { get; set; }

    public string Name { get; set; } = "";

    [VectorType(Size)]
    public float[] Pixels { get; set; } = [];

    public static SampleRow[] Create(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SampleRow { Number = i, Name = $"row {i}", Pixels = Inference.Pixels(Size, seed: i) })];

    public static IDataView Data(MLContext mlContext, IEnumerable<SampleRow> rows) => mlContext.Data.LoadFromEnumerable(rows);

    /// <summary>From the pixels to the column "Features" of the tensor, where nothing else is asked for.</summary>
    public static OnnxFeatureOptions Options(string[]? tensors = null, string[]? outputs = null, int? batchSize = null, string? file = null) => new()
    {
        ModelFile = file ?? ProjectFiles.SampleNetwork,
        InputColumnNames = ["Pixels"],
        TensorNames = tensors ?? [Tensor],
        OutputColumnNames = outputs ?? ["Features"],
        BatchSize = batchSize,
    };

    internal sealed class Prediction
    {
        public float[] Features { get; set; } = [];
    }
}
