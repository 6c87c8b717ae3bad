using System.Globalization;
using Dime.MLNet.Modelling;

namespace Dime.MLNet.Detection.Training;

/// <summary>What is to be said of calibration rows that make poor probabilities.</summary>
internal static class CalibrationWarnings
{
    // Fewer distances than this cannot tell a probability of 0.95 from one of 0.99.
    private const int FewRows = 100;

    // Distances are no more precise than this share of the length of their embeddings.
    private const double Rounding = 1e-6;

    /// <summary>The warnings, none for a healthy calibration.</summary>
    /// <param name="model">The model, calibrated on the sample.</param>
    /// <param name="sample">The calibration rows' distances, sorted.</param>
    /// <param name="settings">The column, and the limit of the flag.</param>
    public static IEnumerable<string> Of<TModel>(IDetectorModel<TModel> model, ICalibrationSample<TModel> sample, ScoringSettings settings)
    {
        if (sample.Count < FewRows)
        {
            yield return $"Only {sample.Count} rows calibrate the probabilities, which are no finer than that; {FewRows} or more are better.";
        }

        // Where no row at all has a distance, the hyperplane is to blame, of which it was said.
        bool isBlamed = model is ModelledEmbedding embedding && ScoringWarnings.ExplainsAllButRounding(embedding);
        string? rounding = sample is CalibrationSample distances ? OfRounding(distances, settings) : null;
        if (!isBlamed && (rounding ?? OfFlags(model.Distances!, sample.Distances, settings)) is { } warning)
        {
            yield return warning;
        }
    }

    private static string? OfRounding(CalibrationSample sample, ScoringSettings settings)
    {
        float limit = sample.Distances[(int)(settings.OutlierProbability * (sample.Distances.Length - 1))];
        return limit > Rounding * sample.TypicalNorm ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Of the {sample.Count} calibration rows of {settings.Input}, {settings.OutlierProbability:0.## %} lie in the hyperplane but for rounding, at distances up to {limit:G4} where the embeddings' length is about {sample.TypicalNorm:G4}, so that probabilities are of rounding: check these rows and the input of the network, or fit with a lower rank.");
    }

    /// <summary>The limit should flag its share of the rows that calibrate it.</summary>
    private static string? OfFlags(EmpiricalDistribution distribution, ReadOnlySpan<float> distances, ScoringSettings settings)
    {
        int first = distances.Length;
        while (first > 0 && distribution.ProbabilityOf(distances[first - 1]) >= (float)settings.OutlierProbability)
        {
            first--;
        }

        int flagged = distances.Length - first;
        double meant = 1 - settings.OutlierProbability;

        // Percentiles are interpolated and few rows are coarse: a percent and two rows more are no matter.
        if (flagged <= (((2 * meant) + 0.01) * distances.Length) + 2)
        {
            return null;
        }

        int tied = distances[first..].LastIndexOf(distances[first]) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"The limit of {settings.Input} flags {(double)flagged / distances.Length:0.## %} of the {distances.Length} calibration rows, where an outlier probability of {settings.OutlierProbability} means about {meant:0.## %}: ")
            + (tied > flagged / 2
                ? string.Create(CultureInfo.InvariantCulture, $"{tied} of them have the same distance, {distances[first]:G4}. Check that these rows differ as the rows to score do.")
                : $"{distribution.Percentiles.Length} percentiles cannot tell rows that rare. Keep more of them (PercentileCount).");
    }
}
