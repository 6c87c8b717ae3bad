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

    /// <exception cref="ArgumentException">The destination cannot take <paramref name="needed"/> values.</exception>
    public static void RequireRoom(int length, int needed, string parameterName)
    {
        if (length < needed)
        {
            throw new ArgumentException($"The destination has room for {length} values; {needed} are needed.", parameterName);
        }
    }
}
