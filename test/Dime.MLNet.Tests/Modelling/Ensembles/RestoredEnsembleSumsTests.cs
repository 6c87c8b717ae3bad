using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>What a file says of the sums of an ensemble: believed as it was written, and rejected where no rows have such sums.</summary>
[TestClass]
public sealed class RestoredEnsembleSumsTests
{
    private static readonly EmbeddingLayout _layout = new(("f", 3), ("logits", 2));

    [TestMethod]
    public void Sums_come_back_and_go_on()
    {
        EnsembleAccumulator before = Sums();
        EnsembleAccumulator after = Read(before).ToSums(Invalid);
        float[] more = [1, 2, 3, 1, 0, 4, 1, 2, 0, 1];
        before.Add(more);
        after.Add(more);

        Assert.AreEqual(before.Count, after.Count);
        Assert.AreEqual(2, after.SkippedCount);
        Assert.AreEqual(before.TotalWeight, after.TotalWeight);
        Assert.AreSequenceEqual(before.Columns.Single().SumsOfClasses[1]!, after.Columns.Single().SumsOfClasses[1]!);
        float[] row = [0.5f, 2, 1, 0, 1];
        Assert.AreSequenceEqual(ScoresOf(before, row), ScoresOf(after, row));
    }

    [TestMethod]
    public void Sums_merge_to_those_of_all_rows()
    {
        EnsembleAccumulator all = Sums();
        float[] more = [1, 2, 3, 1, 0, 4, 1, 2, 0, 1, float.NaN, 0, 0, 1, 0];
        all.Add(more);
        EnsembleAccumulator merged = Read(Sums()).ToSums(Invalid);
        var part = new EnsembleAccumulator(_layout, [OutOfDistributionScore.ClassMahalanobis("f")], "logits");
        part.Add(more);
        merged.Merge(part);

        Assert.AreEqual(all.Count, merged.Count);
        Assert.AreEqual(3, merged.SkippedCount);
        Assert.AreEqual(all.TotalWeight, merged.TotalWeight);
        float[] row = [0.5f, 2, 1, 0, 1];
        Assert.AreEqual(ScoresOf(all, row).Single(), ScoresOf(merged, row).Single(), 1e-4);
    }

    [TestMethod]
    public void Numbers_of_rows_must_be_possible()
    {
        AssertRejected(sums => sums with { Count = -1 }, "its numbers of rows are -1, 2 and 0");
        AssertRejected(sums => sums with { SkippedCount = -1 }, "its numbers of rows are 8, -1 and 0");
        AssertRejected(sums => sums with { UnclassifiedCount = long.MaxValue }, $"its numbers of rows are 8, 2 and {long.MaxValue}");
        AssertRejected(sums => sums with { TotalWeight = double.NaN }, "its sum of weights is NaN");
        AssertRejected(sums => sums with { TotalWeight = -0.5 }, "its sum of weights is -0.5");
    }

    [TestMethod]
    public void Classes_must_be_those_of_the_logits()
    {
        AssertRejected(sums => sums with { Classes = [("0", 4), ("0", 4)] }, "two of its classes have the same name");
        AssertRejected(sums => sums with { Classes = [("0", 4), ("1", -1)] }, "the weight of a class is not possible");
        AssertRejected(sums => sums with { Classes = [("0", 8)] }, "its 1 classes are not those of the logits");
        AssertRejected(sums => sums with { LogitsColumnName = "f" }, "its 2 classes are not those of the logits");
        AssertRejected(sums => sums with { LogitsColumnName = "none" }, "its 2 classes are not those of the logits");
        AssertRejected(sums => sums with { Classes = [("1", 4), ("0", 4)] }, "its classes are not those of the logits");
    }

    [TestMethod]
    public void A_column_of_one_logit_gives_no_classes()
    {
        RestoredEnsembleSums one = Read(Sums()) with { Layout = new EmbeddingLayout(("f", 3), ("logits", 1)), Classes = [("0", 8)] };

        Assert.Contains("its 1 classes are not those of the logits", Assert.ThrowsExactly<InvalidDataException>(() => one.ToSums(Invalid)).Message);
    }

    [TestMethod]
    public void Sums_of_columns_must_be_those_of_the_rows()
    {
        const string Expected = "the sums of column 'f' are not those of its rows";

        AssertRejected(sums => With(sums, column => column with { Total = new RestoredSums(2, false, 8, 0) { Weight = 8, Sum = [0, 0], Upper = [1, 0, 1] } }), Expected);
        AssertRejected(sums => With(sums, column => column with { Total = column.Total with { Normalizes = true } }), Expected);
        AssertRejected(sums => With(sums, column => column with { Total = column.Total with { SkippedCount = 1 } }), Expected);
        AssertRejected(sums => sums with { Count = 9 }, Expected);
        AssertRejected(sums => With(sums, column => column with { SumsOfClasses = [column.SumsOfClasses[0], [1, double.NaN, 0]] }), Expected);
        AssertRejected(sums => With(sums, column => column with { SumsOfClasses = [column.SumsOfClasses[0], null] }), Expected);
    }

    [TestMethod]
    public void A_class_without_rows_has_no_sums()
    {
        RestoredEnsembleSums sums = Read(Sums());
        RestoredEnsembleSums empty = With(sums, column => column with { SumsOfClasses = [column.SumsOfClasses[0], null] }) with { Classes = [("0", 8), ("1", 0)] };

        Assert.IsNull(empty.ToSums(Invalid).Columns.Single().SumsOfClasses[1]);
    }

    private static RestoredEnsembleSums With(RestoredEnsembleSums sums, Func<RestoredColumnSums, RestoredColumnSums> change) =>
        sums with { Columns = [.. sums.Columns.Select(change)] };

    private static void AssertRejected(Func<RestoredEnsembleSums, RestoredEnsembleSums> change, string expected)
    {
        RestoredEnsembleSums changed = change(Read(Sums()));

        string message = Assert.ThrowsExactly<InvalidDataException>(() => changed.ToSums(Invalid)).Message;
        Assert.AreEqual(expected, message);
    }

    private static InvalidDataException Invalid(string because) => new(because);

    // Eight rows of two classes, and two that are left out.
    private static EnsembleAccumulator Sums()
    {
        var random = new Random(5);
        var sums = new EnsembleAccumulator(_layout, [OutOfDistributionScore.ClassMahalanobis("f")], "logits");
        sums.Add([.. Enumerable.Range(0, 8).SelectMany(i => (float[])[random.NextSingle() + i % 2, random.NextSingle(), random.NextSingle(), i % 2, 1 - (i % 2)])]);
        sums.Add([float.NaN, 0, 0, 1, 0, 0, 0, 0, float.PositiveInfinity, 0]);
        return sums;
    }

    private static RestoredEnsembleSums Read(EnsembleAccumulator sums)
    {
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, "DIMETEST"u8, 1))
        {
            EnsembleSumsFormat.Write(writer, sums);
            writer.Seal();
        }

        stream.Position = 0;
        using var reader = new SealedReader(stream, "DIMETEST"u8, 1, "test");
        RestoredEnsembleSums restored = EnsembleSumsFormat.Read(reader);
        reader.CheckSeal();
        return restored;
    }

    private static float[] ScoresOf(EnsembleAccumulator sums, float[] row) => sums.Fit().MeasureScores(row);
}
