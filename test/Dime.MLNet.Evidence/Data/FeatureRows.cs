using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Evidence.Data;

/// <summary>What a network makes of images: rows of several tensors side by side.</summary>
/// <param name="Layout">The tensors of a row.</param>
/// <param name="Values">Row-major rows.</param>
internal sealed record FeatureRows(EmbeddingLayout Layout, float[] Values)
{
    public int Count => Values.Length / Layout.Width;

    /// <summary>Row-major rows of one column.</summary>
    public float[] Column(string name)
    {
        EmbeddingColumn column = Layout.Find(name) ?? throw new ArgumentException($"There is no column '{name}' among {Layout}.", nameof(name));
        float[] values = new float[Count * column.Dimension];
        for (int row = 0; row < Count; row++)
        {
            Values.AsSpan((row * Layout.Width) + column.Offset, column.Dimension).CopyTo(values.AsSpan(row * column.Dimension));
        }

        return values;
    }

    /// <summary>One column in double precision, a row of the matrix for each row.</summary>
    public Matrix<double> Matrix(string name)
    {
        float[] values = Column(name);
        int width = values.Length / Math.Max(1, Count);
        return Matrix<double>.Build.Dense(Count, width, (row, column) => values[(row * width) + column]);
    }

    /// <summary>Some of the rows, in the order of their numbers.</summary>
    public FeatureRows Take(ReadOnlySpan<int> numbers)
    {
        float[] values = new float[numbers.Length * Layout.Width];
        for (int i = 0; i < numbers.Length; i++)
        {
            Values.AsSpan(numbers[i] * Layout.Width, Layout.Width).CopyTo(values.AsSpan(i * Layout.Width));
        }

        return new FeatureRows(Layout, values);
    }

    /// <summary>These rows, and after them others of the same columns.</summary>
    public FeatureRows Append(FeatureRows others) => new(Layout, [.. Values, .. others.Values]);
}
