using System.Globalization;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>The size of a piece of work.</summary>
/// <param name="Rows">N, the number of embeddings.</param>
/// <param name="Dimension">P, the length of each.</param>
/// <param name="Rank">k, the dimension of the hyperplane; null to choose it by <see cref="Shapes.Threshold"/>.</param>
public sealed record Shape(int Rows, int Dimension, int? Rank)
{
    public override string ToString()
    {
        string rank = Rank?.ToString(CultureInfo.InvariantCulture) ?? $"by {Shapes.Threshold.ToString(CultureInfo.InvariantCulture)}";
        return string.Create(CultureInfo.InvariantCulture, $"{Rows}×{Dimension}, k {rank}");
    }
}
