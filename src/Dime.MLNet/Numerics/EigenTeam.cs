namespace Dime.MLNet.Numerics;

/// <summary>
/// Runs independent pieces of work on up to a given number of threads.
/// What the pieces are never depends on that number, so neither do the results.
/// </summary>
internal sealed class EigenTeam
{
    /// <summary>The calling thread.</summary>
    public static readonly EigenTeam Alone = new(1);

    private readonly ParallelOptions _options;

    public EigenTeam(int maxDegreeOfParallelism)
    {
        _options = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism };
    }

    /// <summary>Calls <paramref name="piece"/> once for each of 0 … <paramref name="pieces"/> − 1 and waits for all.</summary>
    public void Run(int pieces, Action<int> piece)
    {
        if (pieces <= 1 || _options.MaxDegreeOfParallelism == 1)
        {
            for (int i = 0; i < pieces; i++)
            {
                piece(i);
            }

            return;
        }

        Parallel.For(0, pieces, _options, piece);
    }
}
