using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet;

/// <summary>
/// What a fit needs of a set of embeddings: the rows themselves while they are fewer than their values, N &lt; P, and the
/// sums XᵀX, Σx, Σw and N from then on.
/// </summary>
/// <remarks>
/// Memory is about 4·P·min(N, P) bytes, so any number of rows can be streamed through it, and 8·P² for the moment in which
/// the rows become sums; a fit takes about 16·min(N, P)² bytes more, and several times that where nearly all directions are
/// kept. Which form the rows take depends on their number alone, and the fitted model is the same but
/// for rounding. Two accumulators of disjoint data merge, so shards may be summed on several machines, stored, and fitted
/// together later. Sums are in double precision. An instance is not safe for use by several threads at once: give each thread its own and
/// <see cref="Merge"/> them. <see cref="Add(ReadOnlySpan{float})"/> itself uses all cores for large blocks, and gives the
/// same bits whatever their number.
/// </remarks>
public sealed class EmbeddingAccumulator : IRowSums
{
    // One of the two.
    private KeptRows? _rows;
    private SecondMoment? _moment;

    /// <summary>Creates empty sums.</summary>
    /// <param name="dimension">P, the length of an embedding; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is less than 1.</exception>
    public EmbeddingAccumulator(int dimension)
        : this(dimension, normalize: false)
    {
    }

    /// <summary>Creates empty sums, of the embeddings as they are or of their directions.</summary>
    /// <param name="dimension">P, the length of an embedding; 1 or more.</param>
    /// <param name="normalize">Whether x / max(‖x‖₂, 1e-12) enters the sums in the place of x; the fitted model then measures such rows too.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is less than 1.</exception>
    public EmbeddingAccumulator(int dimension, bool normalize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        Normalizes = normalize;
        _rows = new KeptRows(dimension);
    }

    /// <summary>What was stored: the rows, or the sums.</summary>
    internal EmbeddingAccumulator(int dimension, KeptRows? rows, SecondMoment? moment, bool normalizes, long skippedCount)
    {
        Dimension = dimension;
        _rows = rows;
        _moment = moment;
        Normalizes = normalizes;
        SkippedCount = skippedCount;
    }

    /// <summary>P, the length of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Whether rows are scaled to length 1 before they enter the sums.</summary>
    public bool Normalizes { get; }

    /// <summary>N, the number of rows that were added, without the skipped ones.</summary>
    public long Count => _rows?.Count ?? _moment!.Count;

    /// <summary>The number of rows that were left out because a value in them was not finite.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>Σw, the sum of the weights of the added rows; equals <see cref="Count"/> where none were given.</summary>
    public double TotalWeight => _rows?.WeightSum ?? _moment!.WeightSum;

    /// <summary>How many rows the sums are worth: their number, or their total weight where that is less. Rows of little weight say no more for being many.</summary>
    internal long RowsWorth => (long)Math.Min(Count, TotalWeight);

    long IRowSums.UnclassifiedCount => 0;

    IReadOnlyList<string> IRowSums.ClassNames => [];

    /// <summary>The rows as they were added; null where only the sums are left.</summary>
    internal KeptRows? KeptRows => _rows;

    /// <summary>The sums; while the rows are kept, such as they would be.</summary>
    internal SecondMoment Moment => _moment ?? ToMoment();

    /// <summary>The rows, times the roots of their weights and where they are normalised their factors; null where only the sums are left.</summary>
    internal ScaledRows? Rows => _rows is null ? null : new ScaledRows(_rows, Normalizes ? FactorsOf(_rows) : null);

    /// <summary>Adds rows with weight 1. Rows with a value that is not finite are skipped and counted.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <exception cref="ArgumentException">The length is no multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no memory for a fit to so many rows of this length; those before it can be fitted.</exception>
    public void Add(ReadOnlySpan<float> rows)
    {
        int count = RowShape.CountRows(rows.Length, Dimension, nameof(rows));
        long before = Count;
        foreach (Range run in FiniteRows.Runs(rows, Dimension))
        {
            AddFinite(Slice(rows, run), default);
        }

        SkippedCount += count - (Count - before);
    }

    /// <summary>
    /// Adds rows with weights: a weight of 2 equals adding the row twice. Rows with a value that is not finite are
    /// skipped and counted.
    /// </summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <param name="weights">N weights, finite and not negative.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a weight is negative or not finite. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException"><inheritdoc cref="Add(ReadOnlySpan{float})" path="/exception[@cref='InvalidOperationException']/node()"/></exception>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        int count = RowShape.CountRows(rows.Length, Dimension, nameof(rows));
        RowShape.RequireWeights(weights, count, nameof(weights));
        long before = Count;
        foreach (Range run in FiniteRows.Runs(rows, Dimension))
        {
            AddFinite(Slice(rows, run), weights[run]);
        }

        SkippedCount += count - (Count - before);
    }

    /// <summary>Adds the sums of other rows.</summary>
    /// <param name="other">Sums of embeddings of the same length; left as they are.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException">The dimensions differ, or only one of them normalises its rows.</exception>
    /// <exception cref="InvalidOperationException"><inheritdoc cref="Add(ReadOnlySpan{float})" path="/exception[@cref='InvalidOperationException']/node()"/></exception>
    public void Merge(EmbeddingAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimension != Dimension)
        {
            throw new ArgumentException($"The other sums are of dimension {other.Dimension}, these of {Dimension}.", nameof(other));
        }

        if (other.Normalizes != Normalizes)
        {
            throw new ArgumentException(
                Normalizes
                    ? "These sums are of normalised embeddings, the other ones of embeddings as they are: sum both alike."
                    : "The other sums are of normalised embeddings, these of embeddings as they are: sum both alike.",
                nameof(other));
        }

        // Asked for all of them at once, so that no part is added where the whole is refused.
        long count = Count + other.Count;
        if (_rows is null || other._rows is null || !FitMemory.KeepsRows(count, Dimension))
        {
            ToSums(count);
        }

        if (other._rows is { } rows)
        {
            rows.CopyTo(AddFinite);
        }
        else
        {
            _moment!.AddFrom(other._moment!);
        }

        SkippedCount += other.SkippedCount;
    }

    /// <summary>Finds the hyperplane of the rows that were added.</summary>
    /// <inheritdoc cref="ModelledEmbedding.Fit" path="/param[@name='explainedVarianceThreshold' or @name='rank']"/>
    /// <returns>The fitted model; further rows may be added here without changing it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in (0, 1], or the rank not in 1..P or above the numerical rank of the rows.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to fit: no rows, no weight, or zeros only.</exception>
    public ModelledEmbedding Fit(double explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold, int? rank = null) =>
        HyperplaneFit.Run(this, explainedVarianceThreshold, rank);

    /// <summary>Writes the rows or the sums in a versioned, checksummed binary form of about 4·P·min(N, P) bytes.</summary>
    /// <param name="stream">Where to write; it is left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        EmbeddingSumsFormat.Save(stream, this);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="stream">Where to read; it is left open, just behind the sums.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">The content is no such sums, was cut short or altered, or is of a newer version.</exception>
    public static EmbeddingAccumulator Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return EmbeddingSumsFormat.Load(stream);
    }

    IRowSums IRowSums.CreateEmpty() => new EmbeddingAccumulator(Dimension, Normalizes);

    void IRowSums.Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        if (weights.IsEmpty)
        {
            Add(rows);
        }
        else
        {
            Add(rows, weights);
        }
    }

    void IRowSums.Merge(IRowSums other) => Merge((EmbeddingAccumulator)other);

    void IRowSums.Settle() => Settle();

    /// <inheritdoc cref="IRowSums.Settle"/>
    internal void Settle() => _moment?.Settle();

    /// <summary>Adds rows that are known to be finite, with weights that are known to be good, or none.</summary>
    internal void AddFinite(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        long count = Count + (rows.Length / Dimension);
        if (_rows is not null && FitMemory.KeepsRows(count, Dimension))
        {
            _rows.Add(rows, weights);
        }
        else
        {
            AddTo(ToSums(count), rows, weights);
        }
    }

    private static double[] FactorsOf(KeptRows rows)
    {
        double[] factors = new double[rows.Count];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = UnitLength.FactorOf(rows[i]);
        }

        return factors;
    }

    /// <summary>The sums, into which the rows are folded where they still are kept.</summary>
    private SecondMoment ToSums(long count)
    {
        if (_moment is null)
        {
            FitMemory.RequireMoment(count, Dimension);
            _moment = ToMoment();
            _rows = null;
        }

        return _moment;
    }

    private SecondMoment ToMoment()
    {
        var moment = new SecondMoment(Dimension);
        _rows!.CopyTo((rows, weights) => AddTo(moment, rows, weights));
        return moment;
    }

    private void AddTo(SecondMoment moment, ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        if (Normalizes)
        {
            moment.AddScaled(rows, weights, UnitLength.FactorsOf(rows, Dimension));
        }
        else if (weights.IsEmpty)
        {
            moment.Add(rows);
        }
        else
        {
            moment.Add(rows, weights);
        }
    }

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> rows, Range run) =>
        rows[(run.Start.Value * Dimension)..(run.End.Value * Dimension)];
}
