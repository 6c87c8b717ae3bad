using Dime.MLNet;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Models by themselves: what is read from their files gives the distances and probabilities of the models.</summary>
[TestClass]
public sealed class ModelFormatTests
{
    [TestMethod]
    [DataRow(300, 12, false, true)]
    [DataRow(300, 12, true, true)]
    [DataRow(20, 40, true, false)]
    public void Modelled_embedding_reads_as_the_page_says(int count, int width, bool normalizes, bool calibrates)
    {
        var sums = new EmbeddingAccumulator(width, normalizes);
        sums.Add(Flat(Rows(count, width, 1)));
        ModelledEmbedding model = sums.Fit(rank: 3);
        float[][] fresh = [.. Rows(50, width, 3), .. Rows(5, width, 4).Select(row => Array.ConvertAll(row, value => -3 * value + 1))];
        if (calibrates)
        {
            model = model.Calibrate(Flat(Rows(100, width, 2)), percentileCount: 60);
        }

        EmbeddingFields fields = FormatReader.ReadAll(Bytes(model.Save), "DIMEPLAN", 1, reader => EmbeddingFields.Read(reader));

        Assert.AreEqual((width, 3, normalizes, (long)count), (fields.Dimension, fields.Rank, fields.Normalizes, fields.TrainingRows));
        CollectionAssert.AreEqual(model.BasisVectors.ToArray(), fields.Basis);
        CollectionAssert.AreEqual(model.ExplainedVariance.ToArray(), fields.ExplainedVariance);
        CollectionAssert.AreEqual(model.Spectrum?.ToArray(), fields.Spectrum);
        Assert.AreEqual(calibrates ? 100 : 0, fields.CalibrationRows);
        CollectionAssert.AreEqual(model.DistancePercentiles.ToArray(), fields.Percentiles);
        CollectionAssert.AreEqual(model.WithinDistancePercentiles.ToArray(), fields.WithinPercentiles);
        float[] distances = model.DistanceToHyperplane(Flat(fresh)), within = model.DistanceWithinHyperplane(Flat(fresh));
        float[] probabilities = calibrates ? model.ProbabilityOfDistanceToHyperplane(Flat(fresh)) : [];
        for (int i = 0; i < fresh.Length; i++)
        {
            AreNear(distances[i], fields.Distance(fresh[i]), Plain.Length(Plain.Of(fresh[i], normalizes)), "distance");
            AreNear(within[i], fields.DistanceWithin(fresh[i]), 1, "distance within");
            if (calibrates)
            {
                Assert.AreEqual(probabilities[i], (float)EmbeddingFields.Probability(fields.Percentiles, distances[i]));
            }
        }
    }

    [TestMethod]
    [DataRow(300)]
    [DataRow(16)]
    public void Modelled_ensemble_reads_as_the_page_says(int count)
    {
        ModelledEnsemble model = EnsembleSamples.Fit(count).Calibrate(Flat(EnsembleSamples.Rows(90, 2)), percentileCount: 70);

        EnsembleFields fields = FormatReader.ReadAll(Bytes(model.Save), "DIMEENSM", 1, EnsembleFields.Read);

        EnsembleSamples.AreAlike(model, fields);
        Assert.AreEqual(count < EnsembleSamples.LateWidth, fields.Models.OfType<MahalanobisFields>().Any(part => part.Basis.Length > 0));
    }

    [TestMethod]
    public void Ensemble_without_calibration_reads_as_the_page_says()
    {
        ModelledEnsemble model = EnsembleSamples.Fit(300);

        EnsembleFields fields = FormatReader.ReadAll(Bytes(model.Save), "DIMEENSM", 1, EnsembleFields.Read);

        Assert.AreEqual(0, fields.CalibrationRows);
        CollectionAssert.AreEqual(model.ClassNames.ToArray(), fields.ClassNames);
    }
}
