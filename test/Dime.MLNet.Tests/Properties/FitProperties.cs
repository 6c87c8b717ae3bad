using CsCheck;
using Dime.MLNet.Tests.Detection.Training;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Properties;

/// <summary>A fit depends on which rows there are, not on how they came.</summary>
[TestClass]
public sealed class FitProperties
{
    [TestMethod]
    public void Sums_are_the_same_however_rows_are_split_ordered_and_merged() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Int[1, 6], Gen.Bool).Sample(
            (any, parts, normalize) =>
            {
                float[] rows = any.Train;
                var whole = new EmbeddingAccumulator(any.Dimension, normalize);
                whole.Add(rows);
                var random = new Random(any.Seed);
                List<EmbeddingAccumulator> sums = [.. Enumerable.Range(0, parts).Select(_ => new EmbeddingAccumulator(any.Dimension, normalize))];
                foreach (float[] row in Orders.Shuffled([.. rows.Chunk(any.Dimension)], any.Seed))
                {
                    sums[random.Next(parts)].Add(row);
                }

                EmbeddingAccumulator merged = sums[0];
                sums.Skip(1).ToList().ForEach(merged.Merge);

                Assert.AreEqual((whole.Count, whole.SkippedCount), (merged.Count, merged.SkippedCount));
                SameModels.Sums(whole, merged);
            },
            iter: 25);

    [TestMethod]
    public void Scores_are_the_same_however_rows_are_split_and_classes_are_numbered() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Int[1, 5]).SampleFitted(
            sample =>
            {
                (AnyRows any, int parts) = sample;
                if (any.Ensemble() is not { } expected)
                {
                    return false;
                }

                int[] classes = Orders.Shuffled([.. Enumerable.Range(0, any.Classes)], any.Seed).ToArray();
                EnsembleAccumulator merged = any.Begin(classes);
                float[] rows = any.Train;
                int[] of = any.ClassOf;
                for (int part = 0; part < parts; part++)
                {
                    EnsembleAccumulator sums = any.Begin([]);
                    for (int i = part; i < any.Count; i += parts)
                    {
                        sums.Add(rows.AsSpan(i * any.Dimension, any.Dimension), [sums.ClassNumber(ClassRows.NameOf(of[i]))]);
                    }

                    merged.Merge(sums);
                }

                ModelledEnsemble actual = merged.Fit();
                float[] unseen = any.Unseen(40), first = expected.MeasureScores(unseen), second = actual.MeasureScores(unseen);
                int count = expected.Scores.Count;
                for (int i = 0; i < first.Length; i++)
                {
                    // Relative distances are differences, whose terms the distances beside them show.
                    double size = Enumerable.Range(i / count * count, count).Where(j => float.IsFinite(first[j])).Select(j => Math.Abs(first[j])).DefaultIfEmpty().Max();
                    Assert.AreEqual(float.IsFinite(first[i]), float.IsFinite(second[i]));
                    if (float.IsFinite(first[i]))
                    {
                        Assert.AreEqual(first[i], second[i], 1e-4 * size, $"{expected.Scores[i % count]} of row {i / count}");
                    }
                }

                return true;
            },
            iter: 25);
}
