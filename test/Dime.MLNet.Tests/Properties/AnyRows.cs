using CsCheck;
using Dime.MLNet.Tests.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Properties;

/// <summary>A training set of any shape and its peculiarities, in few numbers that shrink.</summary>
/// <param name="Dimension">P.</param>
/// <param name="Count">N, below and above P.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Seed">Another seed, other rows.</param>
/// <param name="Dead">The features that are always 0, of ten.</param>
/// <param name="Huge">The features that are a million times as large, of ten.</param>
/// <param name="Holes">The rows with a value that is not finite, of ten.</param>
internal sealed record AnyRows(int Dimension, int Count, int Classes, int Seed, int Dead, int Huge, int Holes)
{
    public const string Column = ClassRows.Column;

    public static Gen<AnyRows> OfAnyShape { get; } = Gen.Select(
        Gen.OneOf(Gen.Int[1, 12], Gen.Int[1, 300]),
        Gen.OneOf(Gen.Int[2, 40], Gen.Int[2, 500]),
        Gen.Int[1, 20],
        Gen.Int[0, 1_000_000],
        Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 6])),
        Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 6])),
        Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 3])),
        (dimension, count, classes, seed, dead, huge, holes) => new AnyRows(dimension, count, classes, seed, dead, huge, holes));

    /// <summary>Rows to fit to.</summary>
    public float[] Train => Create(Count, Seed);

    public int[] ClassOf => [.. Enumerable.Range(0, Count).Select(i => i % Classes)];

    /// <summary>Rows of the same kind, and some far from them.</summary>
    public float[] Unseen(int count)
    {
        float[] rows = Create(count, Seed + 1);
        for (int i = 0; i < rows.Length; i += 7)
        {
            rows[i] *= 30;
        }

        return rows;
    }

    /// <summary>DIME of a rank that such rows have, calibrated on others; null where these rows cannot be fitted, of which the library must say why.</summary>
    public ModelledEmbedding? Embedding(bool normalize = false)
    {
        var sums = new EmbeddingAccumulator(Dimension, normalize);
        sums.Add(Train);
        return OrNull(() => sums.Fit(0.9).Calibrate(Create(120, Seed + 2), 51));
    }

    /// <summary>An ensemble of all kinds of scores; null where these rows cannot be fitted.</summary>
    public ModelledEnsemble? Ensemble() => OrNull(() => Sums(Train, ClassOf).Fit().Calibrate(Create(120, Seed + 2), 51));

    public EnsembleAccumulator Sums(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes)
    {
        EnsembleAccumulator sums = Begin(Enumerable.Range(0, Classes));
        sums.Add(rows, classes);
        return sums;
    }

    public EnsembleAccumulator Begin(IEnumerable<int> classes)
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout((Column, Dimension)), [.. ClassRows.AllScores, OutOfDistributionScore.FeatureNorm(Column)]);
        foreach (int name in classes)
        {
            sums.ClassNumber(ClassRows.NameOf(name));
        }

        return sums;
    }

    public override string ToString() => $"P {Dimension}, N {Count}, C {Classes}, seed {Seed}, dead {Dead}, huge {Huge}, holes {Holes}";

    private static T? OrNull<T>(Func<T> fit)
        where T : class
    {
        try
        {
            return fit();
        }
        catch (InvalidOperationException e) when (e.Message.EndsWith('.'))
        {
            return null;
        }
    }

    private float[] Create(int count, int seed)
    {
        var kinds = new Random(Seed);
        int[] kind = [.. Enumerable.Range(0, Dimension).Select(_ => kinds.Next(10))];
        float[] rows = ClassRows.Create(count, Dimension, Classes, seed).Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            int k = kind[i % Dimension];
            rows[i] *= k < Dead ? 0 : k >= 10 - Huge ? 1e6f : 1;
        }

        var holes = new Random(seed);
        for (int row = 0; row < count; row++)
        {
            if (holes.Next(10) < Holes)
            {
                rows[(row * Dimension) + holes.Next(Dimension)] = holes.Next(3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
            }
        }

        return rows;
    }
}
