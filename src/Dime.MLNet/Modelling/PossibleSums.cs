namespace Dime.MLNet.Modelling;

/// <summary>
/// Numbers that can be of rows, in files that nobody vouches for. They are so far from the ends of their types that what is merged from files, or counted on,
/// is still right.
/// </summary>
internal static class PossibleSums
{
    // Beyond it doubles do not count one by one, and a thousand of such numbers are no more than a long holds.
    private const long MostRows = 1L << 53;

    // The square of the largest float, times the largest weight, times the most rows, is 4e131.
    private const double MostSum = 1e150;

    public static bool IsCount(long count) => count is >= 0 and <= MostRows;

    public static bool IsSum(double sum) => Math.Abs(sum) <= MostSum;

    public static bool IsWeight(double weight) => weight is >= 0 and <= MostSum;
}
