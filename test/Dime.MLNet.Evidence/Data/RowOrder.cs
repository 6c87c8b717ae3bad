namespace Dime.MLNet.Evidence.Data;

/// <summary>Rows in an order of chance that is the same in each run.</summary>
internal static class RowOrder
{
    /// <summary>The numbers from 0 to <paramref name="count"/> − 1, shuffled.</summary>
    public static int[] Shuffled(int count, int seed)
    {
        int[] numbers = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(numbers);
        return numbers;
    }
}
