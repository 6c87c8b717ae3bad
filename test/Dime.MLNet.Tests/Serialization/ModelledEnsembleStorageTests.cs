using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Serialization;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>A fitted ensemble in a file of its own.</summary>
[TestClass]
public sealed class ModelledEnsembleStorageTests
{
    private const int HeaderBytes = 12;
    private const int SealBytes = 32;

    private static readonly ModelledEnsemble _model = EveryScore.Fit();
    private static readonly byte[] _file = Save(_model);

    [TestMethod]
    public void Ensemble_comes_back_as_it_was()
    {
        ModelledEnsemble loaded = Load(_file);
        float[] rows = EveryScore.Rows(70, 3);
        rows[5] = float.NaN;

        Assert.AreEqual(_model.Layout, loaded.Layout);
        CollectionAssert.AreEqual(_model.Scores.ToArray(), loaded.Scores.ToArray());
        CollectionAssert.AreEqual(_model.ClassNames.ToArray(), loaded.ClassNames.ToArray());
        Assert.AreEqual(300, loaded.CalibrationRowCount);
        PrecisionAssert.SameBits(_model.StatisticPercentiles.Span, loaded.StatisticPercentiles.Span);
        PrecisionAssert.SameBits(EveryScore.Everything(_model, rows), EveryScore.Everything(loaded, rows));
        CollectionAssert.AreEqual(_file, Save(loaded));
    }

    [TestMethod]
    public void Ensemble_comes_back_without_calibration_and_calibrates_to_the_same_bits()
    {
        ModelledEnsemble loaded = Load(Save(EveryScore.Sums().Fit()));

        Assert.IsFalse(loaded.IsCalibrated);
        float[] rows = EveryScore.Rows(30, 3);
        PrecisionAssert.SameBits(EveryScore.Everything(_model, rows), EveryScore.Everything(loaded.Calibrate(EveryScore.Rows(300, 2), 300), rows));
    }

    [TestMethod]
    public void Ensemble_of_few_rows_comes_back_as_it_was()
    {
        foreach (IEnumerable<OutOfDistributionScore> scores in new[] { ClassRows.AllScores, ClassRows.AllScores.Take(1), ClassRows.AllScores.Skip(1).Take(1) })
        {
            ModelledEnsemble model = ClassRows.Create(20, 60, 3, 1).Accumulate(scores).Fit();
            Assert.IsTrue(model.Models.OfType<MahalanobisModel>().All(part => part.Residuals is not null));

            ModelledEnsemble loaded = Load(Save(model));

            float[] rows = ClassRows.Create(30, 60, 3, 2).Rows;
            PrecisionAssert.SameBits(model.MeasureScores(rows), loaded.MeasureScores(rows));
            CollectionAssert.AreEqual(Save(model), Save(loaded));
        }
    }

    [TestMethod]
    public void Classes_that_were_left_out_are_kept_by_name()
    {
        var rows = ClassRows.Create(61, 5, 3, 1);
        rows.Classes[60] = 7;

        ModelledEnsemble loaded = Load(Save(rows.Accumulate(ClassRows.AllScores).Fit()));

        CollectionAssert.AreEqual(new[] { "class 7" }, loaded.LeftOutClassNames.ToArray());
        CollectionAssert.AreEqual(new[] { "class 0", "class 1", "class 2" }, loaded.ClassNames.ToArray());
    }

    [TestMethod]
    public void Stream_is_left_open_just_behind_the_ensemble()
    {
        using var stream = new MemoryStream();
        _model.Save(stream);
        stream.WriteByte(42);
        stream.Position = 0;

        ModelledEnsemble.Load(stream);

        Assert.AreEqual(42, stream.ReadByte());
        Assert.ThrowsExactly<ArgumentNullException>(() => _model.Save(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => ModelledEnsemble.Load(null!));
    }

    [TestMethod]
    public void File_that_was_cut_short_or_altered_is_rejected()
    {
        for (int i = 0; i < _file.Length; i += i < 600 ? 1 : 997)
        {
            Hostile.AssertRejected(_file[..i], Read, $"cut at {i}");
            byte[] altered = [.. _file];
            altered[i] ^= (byte)(1 << (i % 8));
            Assert.ThrowsExactly<InvalidDataException>(() => Load(altered), $"bit {i % 8} of byte {i}");
        }
    }

    [TestMethod]
    public void File_with_any_number_changed_under_a_right_seal_is_rejected_or_scores()
    {
        // What a file claims may be believed or not, but nothing but the documented exception may come of it.
        var random = new Random(1);
        float[] rows = EveryScore.Rows(2, 3);
        for (int trial = 0; trial < 400; trial++)
        {
            byte[] content = _file[..^SealBytes];
            int place = HeaderBytes + random.Next(trial % 2 == 0 ? 700 : content.Length - HeaderBytes);
            content[place] = (byte)random.Next(256);
            try
            {
                ModelledEnsemble loaded = Load(Hostile.Sealed(content));
                _ = loaded.Layout.Equals(_model.Layout) ? EveryScore.Everything(loaded, rows) : [];
            }
            catch (InvalidDataException)
            {
                // Rejected, as most are.
            }
        }
    }

    [TestMethod]
    public void Newer_version_says_to_update_the_package()
    {
        byte[] newer = [.. _file];
        newer[8] = 2;

        Assert.Contains("Update the Dime.MLNet package", Hostile.AssertRejected(newer, Read).Message);
    }

    [TestMethod]
    public void Parts_that_no_fit_can_give_are_rejected()
    {
        RestoredEnsemble good = Restore(_file);
        Assert.AreEqual(300, good.ToModel(Invalid).CalibrationRowCount);

        Refused("classes", good with { ClassNames = [] });
        Refused("classes", good with { ClassNames = ["0", "1", "2"] });
        Refused("same name", good with { ClassNames = ["0", "1", "2", "3", "4", "0"] });
        Refused("missing", good with { Models = good.Models[1..] });
        Refused("no model", good with { Models = [.. good.Models.Select(_ => new RestoredScoreModel())] });

        RestoredMahalanobis early = good.Models[0].Mahalanobis!;
        RefusedEarly("directions", early with { Matrix = early.Matrix[1..] });
        RefusedEarly("directions", early with { Matrix = [float.NaN, .. early.Matrix[1..]] });
        RefusedEarly("means", early with { Mean = [double.PositiveInfinity, .. early.Mean[1..]] });
        RefusedEarly("deviations", early with { Deviation = [0, .. early.Deviation[1..]] });
        RefusedEarly("deviations", early with { Deviation = [-1, .. early.Deviation[1..]] });
        RefusedEarly("means of the classes", early with { ClassMeans = null });
        RefusedEarly("means of the classes", early with { ClassMeans = early.ClassMeans![1..] });
        RefusedEarly("precisions", early with { TotalPrecisions = null });
        RefusedEarly("precisions", early with { TotalPrecisions = [0, .. early.TotalPrecisions![1..]] });

        RestoredCalibration calibration = good.Calibration!;
        (float[] percentiles, double tailStart, double meanExcess) = calibration.Scores[0];
        RefusedCalibration("calibrated on 1 rows", calibration with { Count = 1 });
        RefusedCalibration("calibrated on", calibration with { Scores = calibration.Scores[1..] });
        RefusedCalibration("ascend", calibration with { Statistic = [2, 1] });
        RefusedCalibration("negative", calibration with { Statistic = [-2, 1] });
        RefusedCalibration("tail", calibration with { Scores = [(percentiles, percentiles[^1] + 1, meanExcess), .. calibration.Scores[1..]] });
        RefusedCalibration("tail", calibration with { Scores = [(percentiles, tailStart, double.NaN), .. calibration.Scores[1..]] });
        RefusedCalibration("percentiles", calibration with { Scores = [([1], 1, meanExcess), .. calibration.Scores[1..]] });

        void RefusedEarly(string reason, RestoredMahalanobis part) =>
            Refused(reason, good with { Models = [new RestoredScoreModel { Mahalanobis = part }, .. good.Models[1..]] });
        void RefusedCalibration(string reason, RestoredCalibration part) => Refused(reason, good with { Calibration = part });
    }

    [TestMethod]
    public void Directions_of_few_rows_that_no_fit_can_give_are_rejected()
    {
        RestoredEnsemble good = Restore(Save(ClassRows.Create(20, 60, 3, 1).Accumulate(ClassRows.AllScores.Take(3)).Fit()));
        RestoredMahalanobis part = good.Models[0].Mahalanobis!;
        int depth = part.Basis!.Length / 60;
        Assert.IsNotNull(good.ToModel(Invalid));

        RefusedPart("directions", part with { Basis = [] });
        RefusedPart("directions", part with { Basis = part.Basis[1..] });
        RefusedPart("directions", part with { Basis = [.. part.Basis.Select(value => 1.001f * value)] });
        RefusedPart("directions", part with { Basis = [.. Enumerable.Repeat(part.Basis, 60 / depth + 1).SelectMany(basis => basis)] });
        RefusedPart("directions", part with { Matrix = [] });
        RefusedPart("precisions", part with { Basis = null, Matrix = [.. Enumerable.Repeat(1f, 60)] });
        RefusedPart("precisions", part with { Residuals = null });
        RefusedPart("precisions", part with { Residuals = part.Residuals! with { Total = 0 } });
        RefusedPart("precisions", part with { Residuals = part.Residuals! with { Within = double.PositiveInfinity } });

        void RefusedPart(string reason, RestoredMahalanobis changed) =>
            Refused(reason, good with { Models = [new RestoredScoreModel { Mahalanobis = changed }, .. good.Models[1..]] });
    }

    [TestMethod]
    public void Scores_that_there_cannot_be_are_rejected()
    {
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToScore(99, "a", 1, false, 0, Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToScore((int)OutOfDistributionScoreKind.Energy, "a", 1, true, 0, Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToScore((int)OutOfDistributionScoreKind.Mahalanobis, "a", 1, true, 3, Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToScore((int)OutOfDistributionScoreKind.Mahalanobis, "a", double.NaN, true, 0, Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToScore((int)OutOfDistributionScoreKind.Mahalanobis, " ", 1, true, 0, Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToLayout([("a", 1), ("a", 2)], Invalid));
        Assert.ThrowsExactly<InvalidDataException>(() => RestoredEnsemble.ToGroups(new EmbeddingLayout(("a", 2)), [OutOfDistributionScore.Energy("b")], Invalid));
    }

    private static void Refused(string reason, RestoredEnsemble restored) =>
        Assert.Contains(reason, Assert.ThrowsExactly<InvalidDataException>(() => restored.ToModel(Invalid), reason).Message);

    private static InvalidDataException Invalid(string reason) => new(reason);

    private static RestoredEnsemble Restore(byte[] file)
    {
        using var stream = new MemoryStream(file);
        using var reader = new SealedReader(stream, "DIMEENSM"u8, 1, "ensemble");
        return EnsembleFormat.Read(reader);
    }

    private static byte[] Save(ModelledEnsemble model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static ModelledEnsemble Load(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return ModelledEnsemble.Load(stream);
    }

    private static void Read(Stream stream) => ModelledEnsemble.Load(stream);
}
