using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>The way from training rows to Mahalanobis scores, against double precision, for many shapes.</summary>
[TestClass]
public sealed class MahalanobisPrecisionTests
{
    [TestMethod]
    [DataRow(1, 1, 30)]
    [DataRow(1, 3, 60)]
    [DataRow(2, 2, 12)]
    [DataRow(3, 20, 200)]
    [DataRow(17, 5, 400)]
    [DataRow(32, 2, 20)]
    [DataRow(33, 11, 40)]
    [DataRow(64, 7, 63)]
    [DataRow(64, 7, 64)]
    [DataRow(64, 7, 65)]
    [DataRow(90, 2, 5)]
    [DataRow(100, 20, 1500)]
    [DataRow(130, 3, 129)]
    [DataRow(300, 4, 60)]
    [DataRow(300, 20, 900)]
    public void Scores_agree_for_any_shape(int dimension, int classCount, int count)
    {
        var train = ClassRows.Create(count, dimension, classCount, 1);
        var rows = ClassRows.Create(20, dimension, classCount, 2);

        AssertScores(train, [.. rows.Rows, .. Embeddings.Gaussian(8, dimension, 3, 5), .. train.Rows[..(4 * dimension)]]);
    }

    [TestMethod]
    public void Features_that_do_not_vary_are_held_down()
    {
        ClassRows train = ClassRows.Create(300, 12, 4, 1).With(3, _ => 0).With(7, _ => 1234.5f).With(9, _ => 3e6f);
        ClassRows rows = ClassRows.Create(40, 12, 4, 2).With(3, x => x / 10).With(7, x => 1234.5f + x).With(9, x => 3e6f + x);

        AssertScores(train, rows.Rows, normalized: false);
    }

    [TestMethod]
    public void A_feature_that_varies_less_than_its_sums_can_tell_counts_as_constant()
    {
        // Sums of 3000 equal squares are off by up to a thousand roundings.
        ClassRows train = ClassRows.Create(3000, 4, 2, 1).With(2, _ => 1e7f / 3);

        var sums = new EmbeddingAccumulator(4);
        sums.Add(train.Rows);
        var covariances = StandardizedCovariances.Of(sums.Moment, null);

        Assert.AreEqual(1e-3 * Math.Sqrt(covariances.Deviation.Where((_, j) => j != 2).Sum(x => x * x) / 4), covariances.Deviation[2], 1e-12);
        for (int j = 0; j < 4; j++)
        {
            Assert.IsTrue(j == 2 || covariances.Total.Matrix[(2 * 4) + j] == 0);
        }
    }

    [TestMethod]
    public void Features_of_very_different_size_count_alike()
    {
        double[] units = [1e6, 1e-6, 1, 1e12, 1e-12, 1e20, 3, 1e-20];
        ClassRows Scale(ClassRows set) => set with { Rows = [.. set.Rows.Select((x, i) => (float)(x * units[i % 8]))] };
        ClassRows train = ClassRows.Create(200, 8, 3, 1), rows = ClassRows.Create(50, 8, 3, 2);

        // Deviations below 1e-3 of the root mean square are held up to it, in double precision too.
        AssertScores(Scale(train), Scale(rows).Rows, normalized: false);

        double[] near = [1, 20, 1, 100, 0.5, 7, 3, 1];
        units = near;
        AssertScores(Scale(train), Scale(rows).Rows);
    }

    [TestMethod]
    public void Weighted_rows_agree()
    {
        var train = ClassRows.Create(240, 10, 4, 1);
        var random = new Random(3);
        float[] weights = [.. train.Classes.Select((_, i) => i % 9 == 0 ? 0f : 3 * random.NextSingle())];

        AssertScores(train, ClassRows.Create(40, 10, 4, 2).Rows, weights);
    }

    [TestMethod]
    public void A_class_of_one_row_is_nowhere_near_and_leaves_nothing_within()
    {
        var train = ClassRows.Create(120, 6, 3, 1);
        int[] classes = [.. train.Classes];
        classes[17] = 3;
        float[] lonely = train.Rows[(17 * 6)..(18 * 6)];
        train = train with { Classes = classes };

        AssertScores(train, [.. ClassRows.Create(40, 6, 3, 2).Rows, .. lonely]);

        ModelledEnsemble model = train.Accumulate(ClassRows.AllScores).Fit();
        CollectionAssert.AreEqual(new[] { "class 0", "class 1", "class 2" }, model.ClassNames.ToArray());
        CollectionAssert.AreEqual(new[] { "class 3" }, model.LeftOutClassNames.ToArray());
        Assert.IsGreaterThan(0.5f, model.MeasureScores(lonely)[1]);
    }

    [TestMethod]
    [DataRow(40, 200)]
    [DataRow(200, 200)]
    public void Weights_constant_features_and_single_rows_agree_for_few_rows(int count, int dimension)
    {
        ClassRows train = ClassRows.Create(count, dimension, 4, 1).With(3, _ => 0).With(7, _ => 1234.5f);
        int[] classes = [.. train.Classes];
        classes[17] = 4;
        float[] weights = [.. classes.Select((_, i) => i % 9 == 1 ? 0f : 1 + (i % 3))];

        AssertScores(train with { Classes = classes }, ClassRows.Create(30, dimension, 4, 2).With(7, x => 1234.5f + x).Rows, weights);
    }

    [TestMethod]
    public void Few_rows_give_a_model_of_their_own_size()
    {
        const int Dimension = 3000, Count = 24;
        float[] rows = Embeddings.Gaussian(Count, Dimension, 1);
        var train = new ClassRows(Dimension, rows, [.. Enumerable.Range(0, Count).Select(i => i % 2)]);

        var model = (MahalanobisModel)train.Accumulate(ClassRows.AllScores.Where(score => !score.Normalize)).Fit().Models[0];

        Assert.AreEqual(Dimension * (Count - 1), model.Whitening.Basis!.Length);
        Assert.AreEqual((Count - 1) * (Count - 1), model.Whitening.Matrix.Length);
    }

    [TestMethod]
    public void Few_rows_that_do_not_vary_are_refused_as_many_are()
    {
        const int Dimension = 50;
        float[] two = Embeddings.Gaussian(2, Dimension, 1);
        float[] rows = [.. Enumerable.Range(0, 10).SelectMany(i => two[(i % 2 * Dimension)..((i % 2 * Dimension) + Dimension)])];
        var train = new ClassRows(Dimension, rows, [.. Enumerable.Range(0, 10).Select(i => i % 2)]);
        var same = new ClassRows(Dimension, [.. Enumerable.Repeat(two[..Dimension], 10).SelectMany(row => row)], train.Classes);

        Assert.Contains("within their classes", Assert.ThrowsExactly<InvalidOperationException>(() => train.Accumulate(ClassRows.AllScores.Skip(1)).Fit()).Message);
        Assert.Contains("are the same", Assert.ThrowsExactly<InvalidOperationException>(() => same.Accumulate(ClassRows.AllScores).Fit()).Message);
    }

    [TestMethod]
    public void Classes_far_apart_cost_no_digits()
    {
        var train = ClassRows.Create(600, 20, 6, 1, spread: 300);

        AssertScores(train, ClassRows.Create(60, 20, 6, 2, spread: 300).Rows, normalized: false);
    }

    [TestMethod]
    public void Rows_far_away_agree()
    {
        var train = ClassRows.Create(200, 9, 3, 1);

        AssertScores(train, Embeddings.Gaussian(30, 9, 5, 1e8), normalized: false);
    }

    [TestMethod]
    [DataRow(50, 300)]
    [DataRow(300, 50)]
    public void Shrinkage_agrees(int dimension, int count)
    {
        var train = ClassRows.Create(count, dimension, 5, 1);
        var exact = new DoublePrecisionMahalanobis(train.Rows, dimension, train.Classes);
        var sums = new EmbeddingAccumulator(dimension);
        sums.Add(train.Rows);
        ClassSum[] classes =
        [
            .. Enumerable.Range(0, 5).Select(c => new ClassSum(
                train.Classes.Count(own => own == c),
                [.. Enumerable.Range(0, dimension).Select(j => train.Rows.Where((_, i) => i % dimension == j && train.Classes[i / dimension] == c).Sum(x => (double)x))])),
        ];

        var covariances = StandardizedCovariances.Of(sums.Moment, classes);

        Assert.AreEqual(exact.TotalShrinkage, covariances.Total.Shrinkage, 1e-9);
        Assert.AreEqual(exact.WithinShrinkage, covariances.Within!.Shrinkage, 1e-9);
    }

    /// <summary>All scores together, and each alone, in which case its model is another one.</summary>
    private static void AssertScores(ClassRows train, float[] rows, float[]? weights = null, bool normalized = true)
    {
        bool hasClasses = train.Classes.Distinct().Count() > 1;
        OutOfDistributionScore[] scores =
        [
            .. ClassRows.AllScores.Where(score => (normalized && train.Dimension > 1) || !score.Normalize)
                .Where(score => hasClasses || score.Kind == OutOfDistributionScoreKind.Mahalanobis),
        ];
        var exact = scores.Select(score => score.Normalize).Distinct().ToDictionary(
            normalize => normalize, normalize => new DoublePrecisionMahalanobis(train.Rows, train.Dimension, train.Classes, weights, normalize));
        float[] together = train.Accumulate(scores, weights).Fit().MeasureScores(rows);
        for (int s = 0; s < scores.Length; s++)
        {
            float[] alone = train.Accumulate([scores[s]], weights).Fit().MeasureScores(rows);
            float[][] split = [.. rows.Chunk(train.Dimension)];
            for (int i = 0; i < split.Length; i++)
            {
                (double expected, double size) = Exact(exact[scores[s].Normalize], scores[s].Kind, split[i]);
                Assert.AreEqual(expected, together[(i * scores.Length) + s], 1e-4 * size, $"{scores[s]} of row {i}, with others");
                Assert.AreEqual(expected, alone[i], 1e-4 * size, $"{scores[s]} of row {i}, alone");
            }
        }
    }

    private static (double Score, double Size) Exact(DoublePrecisionMahalanobis exact, OutOfDistributionScoreKind kind, float[] row)
    {
        double total = exact.Mahalanobis(row);
        if (kind == OutOfDistributionScoreKind.Mahalanobis)
        {
            return (total, total);
        }

        double nearest = exact.ClassMahalanobis(row);
        return kind == OutOfDistributionScoreKind.ClassMahalanobis
            ? (nearest, nearest)
            : (exact.RelativeMahalanobis(row), Math.Max(nearest * nearest, total * total));
    }
}
