using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>The sums over one column, and over it within each class where scores need that. Scores of the same column share them if they normalise alike.</summary>
internal sealed class ColumnSums
{
    // Σ w·x of each class; null for classes without rows.
    private readonly List<double[]?> _classSums = [];

    private ColumnSums(EmbeddingColumn column, bool normalizes, bool hasClasses)
    {
        Column = column;
        HasClasses = hasClasses;
        Total = new EmbeddingAccumulator(column.Dimension, normalizes);
    }

    public EmbeddingColumn Column { get; }

    public bool HasClasses { get; }

    public EmbeddingAccumulator Total { get; private set; }

    /// <summary>Σ w·x of each class, by its number; null, or missing at the end, for classes without rows.</summary>
    public IReadOnlyList<double[]?> SumsOfClasses => _classSums;

    public static ColumnSums[] Of(IEnumerable<ScoreGroup> groups) =>
    [
        .. groups.Where(group => group.NeedsMoment)
            .GroupBy(group => (group.Column, group.Normalizes))
            .Select(same => new ColumnSums(same.Key.Column, same.Key.Normalizes, same.Any(group => group.NeedsClasses))),
    ];

    /// <summary>Takes the place of what was stored.</summary>
    public void Restore(EmbeddingAccumulator total, IEnumerable<double[]?> sumsOfClasses)
    {
        Total = total;
        _classSums.Clear();
        _classSums.AddRange(sumsOfClasses);
    }

    /// <summary>Adds finite rows of this column.</summary>
    /// <param name="rows">N×P values.</param>
    /// <param name="weights">N weights, or empty where all are 1.</param>
    /// <param name="classes">N numbers of classes; not read where there are no sums of classes.</param>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<int> classes)
    {
        Total.AddFinite(rows, weights);
        if (!HasClasses)
        {
            return;
        }

        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(i * Column.Dimension, Column.Dimension);
            double factor = Total.Normalizes ? UnitLength.FactorOf(row) : 1;
            ScaledSum.Add(SumOf(classes[i]), row, factor, weights.IsEmpty ? 1 : weights[i]);
        }
    }

    /// <summary>Adds other rows' sums of the same column.</summary>
    /// <param name="other">Their sums.</param>
    /// <param name="numbers">For each of the other classes its number here.</param>
    public void Merge(ColumnSums other, int[] numbers)
    {
        Total.Merge(other.Total);
        for (int c = 0; c < other._classSums.Count; c++)
        {
            if (other._classSums[c] is { } terms)
            {
                double[] sum = SumOf(numbers[c]);
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += terms[i];
                }
            }
        }
    }

    /// <summary>The sums of the classes in a given order.</summary>
    public ClassSum[] ClassSums(ClassWeights classes, IEnumerable<int> order) =>
        [.. order.Select(c => new ClassSum(classes[c], _classSums.ElementAtOrDefault(c) ?? new double[Column.Dimension]))];

    private double[] SumOf(int number)
    {
        while (_classSums.Count <= number)
        {
            _classSums.Add(null);
        }

        return _classSums[number] ??= new double[Column.Dimension];
    }
}
