using System.Globalization;
using Dime.Tool.Models;

namespace Dime.Tool.Fitting;

/// <summary>Warns of settings that can be meant, but hardly are.</summary>
internal static class FitAdvice
{
    // The deviation of colours from 0 to 1 is 0.5 at most.
    private const float LargestDeviation = 1;
    private const double SmallestProbability = 0.5;

    public static IEnumerable<string> OfImages(ImageSettings? images)
    {
        if (images?.Deviation is { } deviation && deviation.Any(value => value > LargestDeviation))
        {
            yield return "--std is taken as if colours ran from 0 to 1: above 1 it makes all images look alike. "
                + $"If it is meant for colours from 0 to 255, give --std {ColorRange.OnUnitScale(deviation)}.";
        }
    }

    public static IEnumerable<string> Of(DetectorSettings detector)
    {
        if (detector.OutlierProbability < SmallestProbability)
        {
            double probability = 100 * detector.OutlierProbability;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"--outlier-probability {probability:0.##}% flags about {100 - probability:0.##} % of in-distribution rows; to flag about {probability:0.##} % of them, give {100 - probability:0.##}%.");
        }
    }
}
