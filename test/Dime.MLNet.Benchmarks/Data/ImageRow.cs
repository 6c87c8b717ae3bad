using Microsoft.ML.Data;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>Pixels in the column that the sample network's input is named after, as ApplyOnnxModel wants it.</summary>
internal sealed class ImageRow
{
    [ColumnName("image")]
    [VectorType(3, Images.Size, Images.Size)]
    public float[] Pixels { get; set; } = [];
}
