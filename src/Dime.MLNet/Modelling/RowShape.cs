using System.Globalization;

namespace Dime.MLNet.Modelling;

/// <summary>Checks of row-major arguments.</summary>
internal static class RowShape
{
    /// <summary>The number of rows of <paramref name="width"/> values in a span of <paramref name="length"/>.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the width.</exception>
    public static int CountRows(int length, int width, string parameterName)
    {
        (int rows, int rest) = Math.DivRem(length, width);
        return rest == 0
            ? rows
            : throw new ArgumentException($"The length {length} is no multiple of the row width {width}.", parameterName);
    }

    /// <summary>Hands on blocks of rows, each checked when it is asked for.</summary>
    /// <exception cref="ArgumentException">The length of a block is no multiple of the width.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> WholeRows(IEnumerable<ReadOnlyMemory<float>> blocks, int width, string parameterName)
    {
        int number = 0;
        foreach (ReadOnlyMemory<float> block in blocks)
        {
            if (block.Length % width != 0)
            {
                throw new ArgumentException($"The length {block.Length} of block {number}, counted from 0, is no multiple of the row width {width}.", parameterName);
            }

            yield return block;
            number++;
        }
    }

    /// <exception cref="ArgumentException">There are not as many weights as rows, or one is negative or not finite.</exception>
    public static void RequireWeights(ReadOnlySpan<float> weights, int rowCount, string parameterName)
    {
        if (weights.Length != rowCount)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {rowCount} rows.", parameterName);
        }

        for (int i = 0; i < rowCount; i++)
        {
            if (!float.IsFinite(weights[i]) || weights[i] < 0)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Weight {i} is {weights[i]}; weights must be finite and not negative."), parameterName);
            }
        }
    }

    /// <summary>The number of values in rows of <paramref name="width"/>, where an array is to take them.</summary>
    /// <exception cref="ArgumentException">They are more than an array can hold.</exception>
    public static int RequireArray(int rows, int width, string parameterName)
    {
        long size = (long)rows * width;
        return size <= Array.MaxLength
            ? (int)size
            : throw new ArgumentException($"{rows} rows of {width} values are more than an array can hold: give them in parts.", parameterName);
    }

    /// <summary>The number of values in rows of <paramref name="width"/>, which a destination of <paramref name="length"/> is to take.</summary>
    /// <exception cref="ArgumentException">The destination cannot take them.</exception>
    public static int RequireRoom(int length, int rows, int width, string parameterName)
    {
        long needed = (long)rows * width;
        return length >= needed
            ? (int)needed
            : throw new ArgumentException($"The destination has room for {length} values; {needed} are needed.", parameterName);
    }
}
