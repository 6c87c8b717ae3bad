using System.Globalization;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>Which form the sums of embeddings take, and whether there is memory for it.</summary>
internal static class FitMemory
{
    /// <summary>Whether so many rows stay as they are: while they are fewer than their values, N×N is smaller than P×P.</summary>
    /// <exception cref="InvalidOperationException">Neither form can hold them.</exception>
    public static bool KeepsRows(long rows, int dimension)
    {
        if (rows < dimension && rows <= UpperMatrix.MaxOrder)
        {
            return true;
        }

        if (dimension <= UpperMatrix.MaxOrder)
        {
            return false;
        }

        throw new InvalidOperationException(
            $"{rows} embeddings of {dimension} values are too many to fit: their sums would take {Size(dimension)}, more than an array can hold, and "
            + $"of embeddings of more than {UpperMatrix.MaxOrder} values at most {UpperMatrix.MaxOrder} can be used. Pool feature maps, choose a smaller layer, or fit to fewer rows.");
    }

    /// <exception cref="InvalidOperationException">A fit to sums of this dimension needs more memory than there is.</exception>
    public static void RequireMoment(long rows, int dimension) => Require(
        dimension, available => $"A fit to {rows} embeddings of {dimension} values needs {Size(dimension)} of memory, and there is {available}: "
            + $"pool feature maps, choose a smaller layer, or fit to fewer than {dimension} rows, whose number then counts in the place of their length.");

    /// <exception cref="InvalidOperationException">A fit to so many rows needs more memory than there is.</exception>
    public static void RequireGram(int rows, int dimension) => Require(
        rows, available => $"A fit to {rows} embeddings of {dimension} values needs {Size(rows)} of memory beside them, and there is {available}: fit to fewer rows.");

    // The sums, and what the eigenproblem takes.
    private static double Bytes(int order) => 16.0 * order * order;

    private static string Size(int order) => Text(Bytes(order));

    private static string Text(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB");

    private static void Require(int order, Func<string, string> message)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (available > 0 && Bytes(order) > available)
        {
            throw new InvalidOperationException(message(Text(available)));
        }
    }
}
