namespace Dime.MLNet.Modelling;

/// <summary>What a model is fitted from, as a stage of a pipeline sees it: rows, or other sums of its kind, in.</summary>
internal interface IRowSums
{
    /// <summary>The number of rows that were added.</summary>
    long Count { get; }

    /// <summary>The number of rows that were left out because a value was not finite.</summary>
    long SkippedCount { get; }

    /// <summary>The number of rows that were left out because their class is not known.</summary>
    long UnclassifiedCount { get; }

    /// <summary>The names of the classes, at the places of their numbers; none where there are no classes.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The same without rows.</summary>
    IRowSums CreateEmpty();

    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="classes">The numbers of their classes; empty where there is no column of them.</param>
    /// <param name="weights">Their weights; empty for 1 everywhere.</param>
    void Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights);

    /// <summary>Adds the sums of other rows, which stay as they are; classes by their names.</summary>
    void Merge(IRowSums other);

    /// <summary>Takes in rows that wait for others to be added with, so that reading changes nothing and several threads may read at once.</summary>
    void Settle();
}
