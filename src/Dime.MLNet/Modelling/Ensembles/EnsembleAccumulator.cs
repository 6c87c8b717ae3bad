using System.Buffers;
using System.Globalization;
using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Numerics;

namespace Dime.MLNet;

/// <summary>
/// The sums that an ensemble is fitted from: of each column that needs them XᵀX, Σx and Σw, and of each class its weight
/// and Σx.
/// </summary>
/// <remarks>
/// <para>
/// A row is the values of all columns side by side, see <see cref="EmbeddingLayout"/>. Rows in which a value of a column
/// in use is not finite are skipped as a whole and counted. Memory is O(ΣP·min(N, P) + C·ΣP), whatever the number of rows. Two
/// accumulators of disjoint data merge by addition, classes by their names. Sums are in double precision; the same rows in
/// the same order give the same bits, however they are split into calls and on any number of threads.
/// </para>
/// <para>An instance is not safe for use by several threads at once: give each thread its own and <see cref="Merge"/> them.</para>
/// </remarks>
public sealed class EnsembleAccumulator : IRowSums
{
    // Rows that are gathered by column at a time: as many as the sums take at once.
    private const int BlockRows = 512;

    private readonly OutOfDistributionScore[] _scores;
    private readonly ScoreGroup[] _groups;
    private readonly ColumnSums[] _columns;
    private readonly EmbeddingColumn? _logits;
    private readonly EmbeddingColumn[] _used;
    private readonly ClassWeights _classes = new();

    /// <summary>Creates empty sums.</summary>
    /// <param name="layout">The columns of a row. Those that no score needs are not read.</param>
    /// <param name="scores">The scores of the ensemble, one or more.</param>
    /// <param name="logitsColumnName">The column of logits whose largest value gives the class of a row; null where classes are passed with the rows, or no score needs them.</param>
    /// <exception cref="ArgumentNullException"><paramref name="layout"/> or <paramref name="scores"/> is null.</exception>
    /// <exception cref="ArgumentException">There are no scores, one is there twice, a column is missing, or has a size that it cannot have.</exception>
    public EnsembleAccumulator(EmbeddingLayout layout, IEnumerable<OutOfDistributionScore> scores, string? logitsColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(scores);
        Layout = layout;
        _scores = [.. scores];
        _groups = ScoreGroup.Of(layout, _scores, nameof(scores));
        NeedsClasses = _groups.Any(group => group.NeedsClasses);
        _logits = logitsColumnName is null ? null : Logits(layout, logitsColumnName, nameof(logitsColumnName));
        _columns = ColumnSums.Of(_groups);
        _used =
        [
            .. layout.Where(column => (NeedsClasses && column == _logits) || _groups.Any(group => group.Column == column)),
        ];

        for (int c = 0; c < _logits?.Dimension; c++)
        {
            _classes.NumberOf(NameOfLogit(c));
        }
    }

    /// <summary>What was stored, all of it checked.</summary>
    internal EnsembleAccumulator(RestoredEnsembleSums restored, IReadOnlyList<EmbeddingAccumulator> totals)
        : this(restored.Layout, restored.Scores, restored.LogitsColumnName)
    {
        foreach ((string name, double weight) in restored.Classes)
        {
            _classes[_classes.NumberOf(name)] = weight;
        }

        for (int i = 0; i < _columns.Length; i++)
        {
            _columns[i].Restore(totals[i], restored.Columns[i].SumsOfClasses);
        }

        (Count, SkippedCount, UnclassifiedCount, TotalWeight) = (restored.Count, restored.SkippedCount, restored.UnclassifiedCount, restored.TotalWeight);
    }

    /// <summary>The columns of a row.</summary>
    public EmbeddingLayout Layout { get; }

    /// <summary>The scores of the ensemble.</summary>
    public IReadOnlyList<OutOfDistributionScore> Scores => _scores.AsReadOnly();

    /// <summary>The column of logits whose largest value gives the class of a row; null where there is none.</summary>
    public string? LogitsColumnName => _logits?.Name;

    /// <summary>Whether a score needs the class of each row.</summary>
    public bool NeedsClasses { get; }

    /// <summary>
    /// The names of the classes so far. The number of a class is its place here; classes of logits have their number as name, from 0 on.
    /// </summary>
    public IReadOnlyList<string> ClassNames => _classes.Names;

    /// <summary>N, the number of rows that were added, without those left out.</summary>
    public long Count { get; private set; }

    /// <summary>The number of rows that were left out because a value in a column in use was not finite.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>The number of rows that were left out because their class was not known.</summary>
    public long UnclassifiedCount { get; private set; }

    /// <summary>Σw, the sum of the weights of the added rows; equals <see cref="Count"/> where none were given.</summary>
    public double TotalWeight { get; private set; }

    internal IReadOnlyList<ColumnSums> Columns => _columns;

    internal ClassWeights Classes => _classes;

    /// <summary>The number of a class, which is added to <see cref="ClassNames"/> where it is new.</summary>
    /// <param name="name">The name of the class.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The classes are those of the logits, and none of them has the name.</exception>
    public int ClassNumber(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _logits is null || _classes.Names.Contains(name)
            ? _classes.NumberOf(name)
            : throw new InvalidOperationException($"The classes are those of the logits, '{_logits.Name}'; there is no '{name}' among them.");
    }

    /// <summary>Adds rows with weight 1. Their classes are those of the logits, if a score needs them.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the width of a row.</exception>
    /// <exception cref="InvalidOperationException">A score needs classes, and there is no column of logits.</exception>
    public void Add(ReadOnlySpan<float> rows) => AddOfLogits(rows, null);

    /// <summary>Adds rows with weights: a weight of 2 equals adding the row twice. Their classes are those of the logits, if a score needs them.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="weights">A weight for each row, finite and not negative.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a weight is negative or not finite. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">A score needs classes, and there is no column of logits.</exception>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        RowShape.RequireWeights(weights, CountRows(rows), nameof(weights));
        AddOfLogits(rows, weights);
    }

    /// <summary>Adds rows of known classes with weight 1. Where no score needs classes they are not used.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="classes">For each row the number of its class, see <see cref="ClassNumber"/>; −1 where it is not known, which leaves the row out.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a number is of no class. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The classes are those of the logits.</exception>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes)
    {
        CheckClasses(classes, CountRows(rows));
        AddBlocks(rows, classes, []);
    }

    /// <summary>Adds rows of known classes with weights. Where no score needs classes they are not used.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="classes">For each row the number of its class, see <see cref="ClassNumber"/>; −1 where it is not known, which leaves the row out.</param>
    /// <param name="weights">A weight for each row, finite and not negative.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a number is of no class, or a weight is negative or not finite. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The classes are those of the logits.</exception>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        int count = CountRows(rows);
        CheckClasses(classes, count);
        RowShape.RequireWeights(weights, count, nameof(weights));
        AddBlocks(rows, classes, weights);
    }

    /// <summary>Adds the sums of other rows. Classes of the same name are the same class, whatever their numbers.</summary>
    /// <param name="other">Sums for the same ensemble of the same columns; left as they are.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException">The columns, the scores or the column of logits differ.</exception>
    public void Merge(EnsembleAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireSame("columns", Layout, other.Layout, Layout.Equals(other.Layout), nameof(other));
        RequireSame("scores", Text(_scores), Text(other._scores), _scores.AsSpan().SequenceEqual(other._scores), nameof(other));
        RequireSame("column of logits", LogitsColumnName ?? "none", other.LogitsColumnName ?? "none", _logits == other._logits, nameof(other));

        int[] numbers = [.. other._classes.Names.ToArray().Select(_classes.NumberOf)];
        for (int c = 0; c < numbers.Length; c++)
        {
            _classes[numbers[c]] += other._classes[c];
        }

        for (int i = 0; i < _columns.Length; i++)
        {
            _columns[i].Merge(other._columns[i], numbers);
        }

        Count += other.Count;
        SkippedCount += other.SkippedCount;
        UnclassifiedCount += other.UnclassifiedCount;
        TotalWeight += other.TotalWeight;
    }

    /// <summary>Fits the ensemble to the rows that were added.</summary>
    /// <param name="explainedVarianceThreshold">The share of the uncentred second moment that a hyperplane must explain, in (0, 1], where its score does not give the rank.</param>
    /// <returns>The fitted ensemble, not calibrated; further rows may be added here without changing it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in (0, 1].</exception>
    /// <exception cref="InvalidOperationException">
    /// There is nothing to fit: no rows, no weight, or rows that are all the same; or a score needs classes and fewer than
    /// two have a weight of 2 or more, or the rows do not vary within them; or the rank of a hyperplane is above the
    /// numerical rank of its embeddings.
    /// </exception>
    public ModelledEnsemble Fit(double explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold)
    {
        HyperplaneFit.CheckThreshold(explainedVarianceThreshold);
        if (Count == 0)
        {
            throw new InvalidOperationException(
                SkippedCount + UnclassifiedCount == 0 ? "There are no rows to fit an ensemble to: add some."
                : SkippedCount > 0 ? $"No row is left to fit an ensemble to: {SkippedCount} have values that are not finite, and of {UnclassifiedCount} the class is not known. Check the network and its input."
                : $"The class of none of the {UnclassifiedCount} rows is known: check the column of classes.");
        }

        if (TotalWeight == 0)
        {
            throw new InvalidOperationException("All weights are zero: at least one row must have a positive weight.");
        }

        return EnsembleFit.Run(Layout, _scores, _groups, _columns, NeedsClasses ? _classes : null, explainedVarianceThreshold);
    }

    /// <summary>The name of a class that is a place among logits.</summary>
    internal static string NameOfLogit(int place) => place.ToString(CultureInfo.InvariantCulture);

    IRowSums IRowSums.CreateEmpty() => new EnsembleAccumulator(Layout, _scores, LogitsColumnName);

    void IRowSums.Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        switch (!classes.IsEmpty, !weights.IsEmpty)
        {
            case (true, true):
                Add(rows, classes, weights);
                break;
            case (true, false):
                Add(rows, classes);
                break;
            case (false, true):
                Add(rows, weights);
                break;
            default:
                Add(rows);
                break;
        }
    }

    void IRowSums.Merge(IRowSums other) => Merge((EnsembleAccumulator)other);

    void IRowSums.Settle() => Array.ForEach(_columns, column => column.Total.Settle());

    private static EmbeddingColumn Logits(EmbeddingLayout layout, string name, string parameterName)
    {
        EmbeddingColumn column = layout.Find(name)
            ?? throw new ArgumentException($"There is no column '{name}' to take classes from; the rows have {layout}.", parameterName);
        return column.Dimension > 1
            ? column
            : throw new ArgumentException($"Column '{name}' has one value, so that its largest tells no classes: name the logits of two classes or more.", parameterName);
    }

    private static void RequireSame(string what, object ours, object theirs, bool same, string parameterName)
    {
        if (!same)
        {
            throw new ArgumentException($"The sums do not belong together: the {what} here are {ours}, there {theirs}.", parameterName);
        }
    }

    private static string Text(IEnumerable<OutOfDistributionScore> scores) => string.Join(", ", scores);

    private int CountRows(ReadOnlySpan<float> rows) => RowShape.CountRows(rows.Length, Layout.Width, nameof(rows));

    private void CheckClasses(ReadOnlySpan<int> classes, int count)
    {
        if (_logits is not null)
        {
            throw new InvalidOperationException($"The classes are those of the logits, '{_logits.Name}': add rows without classes, or name no column of logits.");
        }

        if (classes.Length != count)
        {
            throw new ArgumentException($"There are {classes.Length} classes for {count} rows.", nameof(classes));
        }

        for (int i = 0; i < count; i++)
        {
            if (classes[i] < -1 || classes[i] >= _classes.Count)
            {
                throw new ArgumentException(
                    $"Class {i} has the number {classes[i]}; there are {_classes.Count} classes so far. Numbers come from {nameof(ClassNumber)}.", nameof(classes));
            }
        }
    }

    private void AddOfLogits(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        int count = CountRows(rows);
        if (NeedsClasses && _logits is null && count > 0)
        {
            throw new InvalidOperationException(
                $"{_groups.First(group => group.NeedsClasses).NameOfClassScore} needs the class of each row: pass classes with the rows, or name the column of logits.");
        }

        AddBlocks(rows, [], weights);
    }

    private void AddBlocks(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        int count = rows.Length / Layout.Width;
        for (int first = 0; first < count; first += BlockRows)
        {
            int length = Math.Min(BlockRows, count - first);
            AddBlock(
                rows.Slice(first * Layout.Width, length * Layout.Width),
                classes.IsEmpty ? [] : classes.Slice(first, length),
                weights.IsEmpty ? [] : weights.Slice(first, length));
        }
    }

    private void AddBlock(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        int[] places = new int[rows.Length / Layout.Width];
        int[] kept = new int[places.Length];
        int count = 0;
        for (int i = 0; i < places.Length; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(i * Layout.Width, Layout.Width);
            if (!IsFinite(row))
            {
                SkippedCount++;
                continue;
            }

            int number = !NeedsClasses ? 0 : _logits is null ? classes[i] : IndexOfLargest(row.Slice(_logits.Offset, _logits.Dimension));
            if (number < 0)
            {
                UnclassifiedCount++;
                continue;
            }

            places[count] = i;
            kept[count++] = number;
        }

        AddKept(rows, weights, places.AsSpan(0, count), kept.AsSpan(0, count));
    }

    private void AddKept(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<int> places, ReadOnlySpan<int> classes)
    {
        float[] keptWeights = new float[weights.IsEmpty ? 0 : places.Length];
        Gather(weights, places, 1, 0, 1, keptWeights);
        foreach (ColumnSums sums in _columns)
        {
            int length = places.Length * sums.Column.Dimension;
            float[] values = ArrayPool<float>.Shared.Rent(length);
            Gather(rows, places, Layout.Width, sums.Column.Offset, sums.Column.Dimension, values);
            sums.Add(values.AsSpan(0, length), keptWeights, classes);
            ArrayPool<float>.Shared.Return(values);
        }

        for (int i = 0; i < places.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : keptWeights[i];
            TotalWeight += weight;
            if (NeedsClasses)
            {
                _classes[classes[i]] += weight;
            }
        }

        Count += places.Length;
    }

    private bool IsFinite(ReadOnlySpan<float> row)
    {
        foreach (EmbeddingColumn column in _used)
        {
            if (!FiniteRows.IsFinite(row.Slice(column.Offset, column.Dimension)))
            {
                return false;
            }
        }

        return true;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[largest])
            {
                largest = i;
            }
        }

        return largest;
    }

    private static void Gather(ReadOnlySpan<float> rows, ReadOnlySpan<int> places, int width, int offset, int length, Span<float> gathered)
    {
        for (int i = 0; i < places.Length && !rows.IsEmpty; i++)
        {
            rows.Slice((places[i] * width) + offset, length).CopyTo(gathered[(i * length)..]);
        }
    }
}
