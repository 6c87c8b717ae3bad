using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;
using Dime.MLNet.Serialization;

namespace Dime.MLNet;

/// <summary>
/// The sums XᵀX, Σx, Σw and N of a set of embeddings: all that a fit needs of them.
/// </summary>
/// <remarks>
/// Memory is O(P²), whatever N, so any number of rows can be streamed through it. Two accumulators of disjoint data merge
/// by addition, so shards may be summed on several machines, stored, and fitted together later. Sums are in double
/// precision. An instance is not safe for use by several threads at once: give each thread its own and
/// <see cref="Merge"/> them. <see cref="Add(ReadOnlySpan{float})"/> itself uses all cores for large blocks, and gives the
/// same bits whatever their number.
/// </remarks>
public sealed class EmbeddingAccumulator
{
    private static ReadOnlySpan<byte> Magic => "DIMESUMS"u8;

    // Sums of embeddings as they are stay readable by 0.1.0.
    private const int PlainVersion = 1;
    private const int NormalizableVersion = 2;

    private readonly SecondMoment _moment;

    /// <summary>Creates empty sums.</summary>
    /// <param name="dimension">P, the length of an embedding; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is less than 1 or more than 46 320.</exception>
    public EmbeddingAccumulator(int dimension)
        : this(dimension, normalize: false)
    {
    }

    /// <summary>Creates empty sums, of the embeddings as they are or of their directions.</summary>
    /// <param name="dimension">P, the length of an embedding; 1 or more.</param>
    /// <param name="normalize">Whether x / max(‖x‖₂, 1e-12) enters the sums in the place of x; the fitted model then measures such rows too.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is less than 1 or more than 46 320.</exception>
    public EmbeddingAccumulator(int dimension, bool normalize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (dimension > SecondMoment.MaxDimension)
        {
            throw new ArgumentOutOfRangeException(
                nameof(dimension), dimension, $"Embeddings may have up to {SecondMoment.MaxDimension} values: pool feature maps, or choose a smaller layer.");
        }

        _moment = new SecondMoment(dimension);
        Normalizes = normalize;
    }

    private EmbeddingAccumulator(SecondMoment moment, bool normalizes, long skippedCount)
    {
        _moment = moment;
        Normalizes = normalizes;
        SkippedCount = skippedCount;
    }

    /// <summary>P, the length of an embedding.</summary>
    public int Dimension => _moment.Dimension;

    /// <summary>Whether rows are scaled to length 1 before they enter the sums.</summary>
    public bool Normalizes { get; }

    /// <summary>N, the number of rows that were added, without the skipped ones.</summary>
    public long Count => _moment.Count;

    /// <summary>The number of rows that were left out because a value in them was not finite.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>Σw, the sum of the weights of the added rows; equals <see cref="Count"/> where none were given.</summary>
    public double TotalWeight => _moment.WeightSum;

    internal SecondMoment Moment => _moment;

    /// <summary>Adds rows with weight 1. Rows with a value that is not finite are skipped and counted.</summary>
    /// <param name="rows">Row-major N×P embeddings.</param>
    /// <exception cref="ArgumentException">The length is no multiple of <see cref="Dimension"/>.</exception>
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

        _moment.AddFrom(other._moment);
        SkippedCount += other.SkippedCount;
    }

    /// <summary>Finds the hyperplane of the rows that were added.</summary>
    /// <inheritdoc cref="ModelledEmbedding.Fit" path="/param[@name='explainedVarianceThreshold' or @name='rank']"/>
    /// <returns>The fitted model; further rows may be added here without changing it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in (0, 1], or the rank not in 1..P or above the numerical rank of the rows.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to fit: no rows, no weight, or zeros only.</exception>
    public ModelledEmbedding Fit(double explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold, int? rank = null) =>
        HyperplaneFit.Run(this, explainedVarianceThreshold, rank);

    /// <summary>Writes the sums in a versioned, checksummed binary form of about 4·P² bytes.</summary>
    /// <param name="stream">Where to write; it is left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = new SealedWriter(stream, Magic, Normalizes ? NormalizableVersion : PlainVersion);
        if (Normalizes)
        {
            writer.Write(Normalizes);
        }

        writer.Write(Dimension);
        writer.Write(Count);
        writer.Write(SkippedCount);
        writer.Write(TotalWeight);
        writer.Write(_moment.Sum);
        for (int i = 0; i < Dimension; i++)
        {
            writer.Write(_moment.UpperRow(i));
        }

        writer.Seal();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="stream">Where to read; it is left open, just behind the sums.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">The content is no such sums, was cut short or altered, or is of a newer version.</exception>
    public static EmbeddingAccumulator Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new SealedReader(stream, Magic, NormalizableVersion, "set of embedding sums");
        bool normalizes = reader.Version >= NormalizableVersion && reader.ReadBoolean();
        int dimension = reader.ReadCount("dimension", minimum: 1);
        long count = reader.ReadInt64();
        long skipped = reader.ReadInt64();
        double weight = reader.ReadDouble();
        double[] sum = reader.ReadDoubles(dimension);

        // One read of the whole triangle: it grows with the bytes that arrive, and P² is allocated only once they have.
        double[] upper = reader.ReadDoubles((long)dimension * (dimension + 1) / 2);
        reader.CheckSeal();
        CheckRanges(reader, count, skipped, weight, sum, upper);

        int start = 0;
        var moment = SecondMoment.Restore(count, weight, sum, (row, _) =>
        {
            // A diagonal element starts each row of the triangle.
            reader.Require(upper[start] >= 0, "a sum of squares is negative");
            upper.AsSpan(start, row.Length).CopyTo(row);
            start += row.Length;
        });
        return new EmbeddingAccumulator(moment, normalizes, skipped);
    }

    /// <summary>Adds rows that are known to be finite, with weights that are known to be good, or none.</summary>
    internal void AddFinite(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        if (Normalizes)
        {
            _moment.AddScaled(rows, weights, UnitLength.FactorsOf(rows, Dimension));
        }
        else if (weights.IsEmpty)
        {
            _moment.Add(rows);
        }
        else
        {
            _moment.Add(rows, weights);
        }
    }

    private static void CheckRanges(SealedReader reader, long count, long skipped, double weight, double[] sum, double[] upper)
    {
        reader.Require(sum.Length <= SecondMoment.MaxDimension, $"its dimension is {sum.Length}");
        reader.Require(count >= 0, $"its number of rows is {count}");
        reader.Require(skipped >= 0, $"its number of skipped rows is {skipped}");
        reader.Require(double.IsFinite(weight) && weight >= 0, $"its sum of weights is {weight}");
        reader.Require(Array.TrueForAll(sum, double.IsFinite) && Array.TrueForAll(upper, double.IsFinite), "a sum is not finite");
    }

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> rows, Range run) =>
        rows[(run.Start.Value * Dimension)..(run.End.Value * Dimension)];
}
