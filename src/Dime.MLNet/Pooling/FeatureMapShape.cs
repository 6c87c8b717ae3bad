using Microsoft.ML.Data;

namespace Dime.MLNet.Pooling;

/// <summary>How a feature map lies in its column: channels, each with all of its positions in a row.</summary>
internal readonly record struct FeatureMapShape(int Channels, int Positions)
{
    /// <summary>Reads [1,C,H,W], [C,H,W] or [C,T] from the dimensions of a column; a leading 1 is the batch.</summary>
    /// <returns>Null where there is nothing to pool over.</returns>
    public static FeatureMapShape? Of(VectorDataViewType type)
    {
        IReadOnlyList<int> dimensions = type.Dimensions;
        int[] shape = [.. dimensions.Count > 1 && dimensions[0] == 1 ? dimensions.Skip(1) : dimensions];
        return type.IsKnownSize && shape.Length is 2 or 3
            ? new FeatureMapShape(shape[0], type.Size / shape[0])
            : null;
    }
}
