using Dime.MLNet.Modelling.Covariances;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>However rows and their classes arrive, the model is that of one fit.</summary>
[TestClass]
public sealed class EnsembleAccumulatorTests
{
    private const int Dimension = 33;
    private const int ClassCount = 6;

    private readonly ClassRows _train = ClassRows.Create(1200, Dimension, ClassCount, 1);
    private readonly float[] _rows = ClassRows.Create(60, Dimension, ClassCount, 2).Rows;

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(512)]
    [DataRow(600)]
    public void The_same_order_gives_the_same_bits_in_any_split(int rowsAtOnce)
    {
        var sums = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        int[] numbers = Array.ConvertAll(_train.Classes, c => sums.ClassNumber(ClassRows.NameOf(c)));
        foreach (int[] part in Enumerable.Range(0, 1200).Chunk(rowsAtOnce))
        {
            sums.Add(_train.Rows.AsSpan(part[0] * Dimension, part.Length * Dimension), numbers.AsSpan(part[0], part.Length));
        }

        Assert.AreEqual(1200, sums.Count);
        PrecisionAssert.SameBits(Scores(_train.Accumulate(ClassRows.AllScores)), Scores(sums));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(11)]
    public void Parts_merge_by_the_names_of_their_classes_in_any_order(int parts)
    {
        EnsembleAccumulator[] sums = [.. Enumerable.Range(0, 1200).Chunk((1200 / parts) + 1).Select(part => Sum(part, parts))];
        new Random(3).Shuffle(sums);
        var merged = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        foreach (EnsembleAccumulator part in sums)
        {
            merged.Merge(part);
        }

        Assert.AreEqual(1200, merged.Count);
        Assert.AreEqual(1200, merged.TotalWeight);
        AssertClose(_train.Accumulate(ClassRows.AllScores), merged);
    }

    [TestMethod]
    [DataRow(20, 10)]
    [DataRow(20, 20)]
    [DataRow(40, 5)]
    [DataRow(5, 40)]
    public void Few_rows_split_and_merge_to_the_model_of_all(int first, int second)
    {
        var rows = ClassRows.Create(first + second, Dimension, 3, 1);
        EnsembleAccumulator Part(Range range) =>
            new ClassRows(Dimension, rows.Rows[(range.Start.Value * Dimension)..(range.End.Value * Dimension)], rows.Classes[range]).Accumulate(ClassRows.AllScores);
        EnsembleAccumulator whole = rows.Accumulate(ClassRows.AllScores), merged = Part(0..first), turned = Part(first..(first + second));
        var split = new EnsembleAccumulator(rows.Layout, ClassRows.AllScores);
        for (int i = 0; i < first + second; i++)
        {
            split.Add(rows.Rows.AsSpan(i * Dimension, Dimension), [split.ClassNumber(ClassRows.NameOf(rows.Classes[i]))]);
        }

        merged.Merge(turned);
        turned.Merge(Part(0..first));

        PrecisionAssert.SameBits(Scores(whole), Scores(split));
        AssertClose(whole, merged);
        AssertClose(whole, turned);
    }

    [TestMethod]
    public void Rows_may_be_added_in_any_order()
    {
        int[] order = [.. Enumerable.Range(0, 1200)];
        new Random(4).Shuffle(order);

        AssertClose(_train.Accumulate(ClassRows.AllScores), Sum(order, seed: 5));
    }

    [TestMethod]
    public void The_numbers_of_the_classes_do_not_matter()
    {
        PrecisionAssert.SameBits(Scores(_train.Accumulate(ClassRows.AllScores)), Scores(Sum([.. Enumerable.Range(0, 1200)], seed: 6)));
    }

    [TestMethod]
    public void The_names_of_the_classes_change_nothing_but_rounding()
    {
        ClassRows permuted = _train with { Classes = [.. _train.Classes.Select(c => (c * 5) % ClassCount)] };

        AssertCloseScores(_train.Accumulate(ClassRows.AllScores), permuted.Accumulate(ClassRows.AllScores));
    }

    [TestMethod]
    public void Merging_leaves_the_other_sums_as_they_are_and_may_be_with_itself()
    {
        EnsembleAccumulator other = Sum([.. Enumerable.Range(0, 600)], seed: 1);
        float[] before = Scores(other);
        var sums = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        sums.Merge(other);
        sums.Merge(Sum([.. Enumerable.Range(600, 600)], seed: 2));

        PrecisionAssert.SameBits(before, Scores(other));
        other.Merge(other);
        Assert.AreEqual(1200, other.Count);
        AssertClose(_train with { Rows = [.. _train.Rows[..(600 * Dimension)], .. _train.Rows[..(600 * Dimension)]] }, other);
    }

    [TestMethod]
    public void A_weight_of_2_equals_the_row_twice_and_of_0_no_row()
    {
        float[] weights = [.. _train.Classes.Select((_, i) => (float)(i / ClassCount % 3))];
        int[] repeated = [.. Enumerable.Range(0, 1200).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        EnsembleAccumulator weighted = _train.Accumulate(ClassRows.AllScores, weights);

        Assert.AreEqual(1200, weighted.Count);
        Assert.AreEqual(repeated.Length, weighted.TotalWeight);
        AssertClose(Sum(repeated, seed: 1), weighted);
    }

    [TestMethod]
    public void Rows_whose_class_is_not_known_are_left_out_and_counted()
    {
        int[] known = [.. Enumerable.Range(0, 1200).Where(i => i % 5 != 2)];
        var sums = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        int[] numbers = [.. _train.Classes.Select((c, i) => i % 5 == 2 ? -1 : sums.ClassNumber(ClassRows.NameOf(c)))];

        sums.Add(_train.Rows, numbers);

        Assert.AreEqual(240, sums.UnclassifiedCount);
        Assert.AreEqual(960, sums.Count);
        PrecisionAssert.SameBits(Scores(Sum(known, seed: 3)), Scores(sums));

        var more = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        more.Add([.. _train.Rows, .. Enumerable.Repeat(float.NaN, _train.Rows.Length / 1200)], [.. Enumerable.Repeat(-1, 1200), more.ClassNumber(ClassRows.NameOf(0))]);
        sums.Merge(more);
        Assert.AreEqual((960L, 1440L, 1L), (sums.Count, sums.UnclassifiedCount, sums.SkippedCount));
    }

    [TestMethod]
    public void Classes_that_no_score_needs_are_not_read()
    {
        OutOfDistributionScore[] scores = [OutOfDistributionScore.Mahalanobis(ClassRows.Column)];
        var without = new EnsembleAccumulator(_train.Layout, scores);
        without.Add(_train.Rows);
        var unknown = new EnsembleAccumulator(_train.Layout, scores);
        unknown.Add(_train.Rows, [.. Enumerable.Repeat(-1, 1200)]);

        Assert.IsFalse(without.NeedsClasses);
        PrecisionAssert.SameBits(Scores(without), Scores(unknown));
        Assert.IsEmpty(without.Fit().ClassNames);
    }

    [TestMethod]
    public void Classes_of_logits_are_the_places_of_their_largest_values()
    {
        // Logits of eight classes, of which the last two never win; ties go to the first.
        float[] logits = [.. _train.Classes.SelectMany(c => Enumerable.Range(0, 8).Select(i => i >= ClassCount ? -5f : i >= c ? 3 : -1))];
        float[] wide = [.. _train.Rows.Chunk(Dimension).Zip(logits.Chunk(8), (x, z) => (float[])[.. z, .. x]).SelectMany(row => row)];
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("z", 8), (ClassRows.Column, Dimension)), ClassRows.AllScores, "z");

        sums.Add(wide);
        ModelledEnsemble model = sums.Fit();

        Assert.AreEqual("z", sums.LogitsColumnName);
        CollectionAssert.AreEqual(new[] { "0", "1", "2", "3", "4", "5" }, model.ClassNames.ToArray());
        CollectionAssert.AreEqual(new[] { "6", "7" }, model.LeftOutClassNames.ToArray());
        float[] rows = [.. _rows.Chunk(Dimension).SelectMany(x => (float[])[.. new float[8], .. x])];
        PrecisionAssert.SameBits(Scores(_train.Accumulate(ClassRows.AllScores)), model.MeasureScores(rows));
    }

    [TestMethod]
    public void A_row_is_skipped_whole_where_a_value_in_use_is_not_finite()
    {
        EmbeddingLayout layout = new(("a", 2), ("unused", 2), ("b", 3));
        OutOfDistributionScore[] scores = [OutOfDistributionScore.Mahalanobis("a"), OutOfDistributionScore.Mahalanobis("b", normalize: true)];
        float[] clean = Embeddings.Gaussian(60, 7, 1);
        float[] soiled = [.. clean];
        soiled[2] = float.NaN;
        soiled[(5 * 7) + 1] = float.NaN;
        soiled[(9 * 7) + 6] = float.PositiveInfinity;
        float[] left = [.. clean.Where((_, i) => i / 7 is not (5 or 9))];
        float[] weights = [.. Enumerable.Range(0, 60).Select(i => 1f + i)];

        var sums = new EnsembleAccumulator(layout, scores);
        sums.Add(soiled, weights);
        var expected = new EnsembleAccumulator(layout, scores);
        expected.Add(left, [.. weights.Where((_, i) => i is not (5 or 9))]);

        Assert.AreEqual(58, sums.Count);
        Assert.AreEqual(2, sums.SkippedCount);
        Assert.AreEqual(weights.Sum() - 6 - 10, sums.TotalWeight);
        PrecisionAssert.SameBits(expected.Fit().MeasureScores(clean), sums.Fit().MeasureScores(clean));
    }

    [TestMethod]
    public void Logits_that_only_tell_classes_must_be_finite_too()
    {
        var sums = new EnsembleAccumulator(new EmbeddingLayout((ClassRows.Column, 1), ("z", 2)), [OutOfDistributionScore.ClassMahalanobis(ClassRows.Column)], "z");

        sums.Add([1, float.NaN, 0, 2, 1, 0]);

        Assert.AreEqual(1, sums.Count);
        Assert.AreEqual(1, sums.SkippedCount);
    }

    [TestMethod]
    public void Rows_added_after_a_fit_do_not_change_its_model()
    {
        EnsembleAccumulator sums = _train.Accumulate(ClassRows.AllScores);
        ModelledEnsemble model = sums.Fit();
        float[] before = model.MeasureScores(_rows);

        sums.Add(_rows, new int[60]);

        PrecisionAssert.SameBits(before, model.MeasureScores(_rows));
        Assert.AreNotEqual(before[0], Scores(sums)[0]);
        Assert.AreEqual(1260, sums.Count);
    }

    [TestMethod]
    public void Hyperplanes_are_those_of_the_embeddings_alone()
    {
        EmbeddingLayout layout = new(("other", 2), (ClassRows.Column, Dimension));
        var sums = new EnsembleAccumulator(layout, [
            OutOfDistributionScore.WithinHyperplane(ClassRows.Column, rank: 5),
            OutOfDistributionScore.Hyperplane(ClassRows.Column, rank: 5),
            OutOfDistributionScore.Hyperplane(ClassRows.Column, normalize: true),
            OutOfDistributionScore.Hyperplane(ClassRows.Column),
        ]);
        float[] Wide(float[] rows) => [.. rows.Chunk(Dimension).SelectMany(x => (float[])[1, 2, .. x])];
        sums.Add(Wide(_train.Rows));

        float[] scores = sums.Fit(0.8).MeasureScores(Wide(_rows));

        var ranked = ModelledEmbedding.Fit(_train.Rows, Dimension, rank: 5);
        var directions = new EmbeddingAccumulator(Dimension, normalize: true);
        directions.Add(_train.Rows);
        PrecisionAssert.SameBits(ranked.DistanceWithinHyperplane(_rows), Column(scores, 0));
        PrecisionAssert.SameBits(ranked.DistanceToHyperplane(_rows), Column(scores, 1));
        PrecisionAssert.SameBits(directions.Fit(0.8).DistanceToHyperplane(_rows), Column(scores, 2));
        PrecisionAssert.SameBits(ModelledEmbedding.Fit(_train.Rows, Dimension, 0.8).DistanceToHyperplane(_rows), Column(scores, 3));

        float[] Column(float[] values, int column) => [.. values.Where((_, i) => i % 4 == column)];
    }

    /// <summary>Sums of some rows, their classes numbered in an order of its own.</summary>
    private EnsembleAccumulator Sum(int[] rows, int seed)
    {
        var sums = new EnsembleAccumulator(_train.Layout, ClassRows.AllScores);
        int[] order = [.. Enumerable.Range(0, ClassCount)];
        new Random(seed).Shuffle(order);
        Array.ForEach(order, c => sums.ClassNumber(ClassRows.NameOf(c)));
        sums.Add(
            [.. rows.SelectMany(i => _train.Rows[(i * Dimension)..((i + 1) * Dimension)])],
            [.. rows.Select(i => sums.ClassNumber(ClassRows.NameOf(_train.Classes[i])))]);
        return sums;
    }

    private float[] Scores(EnsembleAccumulator sums) => sums.Fit().MeasureScores(_rows);

    private void AssertClose(ClassRows expected, EnsembleAccumulator actual) =>
        AssertClose((expected with { Classes = [.. expected.Classes.Take(expected.Rows.Length / Dimension)] }).Accumulate(ClassRows.AllScores), actual);

    /// <summary>The sums to 1e-9 of their size, and then scores as close as single precision has them.</summary>
    private void AssertClose(EnsembleAccumulator expected, EnsembleAccumulator actual)
    {
        for (int i = 0; i < expected.Columns.Count; i++)
        {
            SameModels.Sums(expected.Columns[i].Total, actual.Columns[i].Total);
            ClassSum[] first = ClassSums(expected, i), second = ClassSums(actual, i);
            Assert.HasCount(first.Length, second);
            for (int c = 0; c < first.Length; c++)
            {
                Assert.AreEqual(first[c].Weight, second[c].Weight, 1e-9 * first[c].Weight);
                double size = first[c].Sum.Max(Math.Abs);
                for (int j = 0; j < Dimension; j++)
                {
                    Assert.AreEqual(first[c].Sum[j], second[c].Sum[j], 1e-9 * size);
                }
            }
        }

        AssertCloseScores(expected, actual);
    }

    private static ClassSum[] ClassSums(EnsembleAccumulator sums, int column) =>
        sums.Columns[column].ClassSums(sums.Classes, sums.Classes.InOrderOfNames());

    private void AssertCloseScores(EnsembleAccumulator expected, EnsembleAccumulator actual)
    {
        float[] first = Scores(expected), second = Scores(actual);
        for (int i = 0; i < first.Length; i++)
        {
            Assert.AreEqual(first[i], second[i], 1e-5 * Math.Max(20, Math.Abs(first[i])), $"score {i}");
        }
    }
}
