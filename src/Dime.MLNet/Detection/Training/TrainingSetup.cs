using System.Globalization;

namespace Dime.MLNet.Detection.Training;

/// <summary>What sums are made with.</summary>
/// <param name="Scoring">The columns that are scored, and how.</param>
/// <param name="Fit">How to sum and to fit.</param>
/// <param name="Calibration">The rows that calibrate.</param>
/// <param name="Dimensions">Of the columns that are read.</param>
/// <param name="Seed">What chooses these rows.</param>
/// <param name="Properties">What else the caller says of the embeddings.</param>
internal sealed record TrainingSetup(
    ScoringSettings Scoring,
    FitSettings Fit,
    CalibrationRows Calibration,
    IReadOnlyList<int> Dimensions,
    int Seed,
    IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>The values of a row.</summary>
    public int Width => Dimensions.Sum();

    /// <summary>The settings with all columns that are read.</summary>
    public ScoringSettings Reading => Fit.Reading(Scoring);

    /// <summary>Says how other sums are made otherwise, so that they are not of the same; null where they are alike.</summary>
    public string? DifferenceOf(TrainingSetup other) => DifferenceBetween(Facts(), other.Facts());

    /// <summary>Says which options a fit has otherwise than these sums; null where it has none that matters to them.</summary>
    public string? DifferenceOf(ScoringSettings scoring, FitSettings fit, CalibrationRows calibration) =>
        DifferenceBetween(Options(Scoring, Fit, Calibration), Options(scoring, fit, calibration));

    private static string? DifferenceBetween(IEnumerable<(string Name, string Value)> mine, IEnumerable<(string Name, string Value)> theirs)
    {
        var ours = mine.ToDictionary(fact => fact.Name, fact => fact.Value);
        var others = theirs.ToDictionary(fact => fact.Name, fact => fact.Value);
        string[] differences =
        [
            .. from name in ours.Keys.Union(others.Keys)
               let our = ours.GetValueOrDefault(name, "missing")
               let other = others.GetValueOrDefault(name, "missing")
               where our != other
               select $"{name} is {other}, not {our}",
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static IEnumerable<(string Name, string Value)> Options(ScoringSettings scoring, FitSettings fit, CalibrationRows calibration) =>
        fit.OptionsOfSums(scoring).Append(("Calibration", calibration.ToString()));

    private IEnumerable<(string Name, string Value)> Facts() =>
    [
        .. Options(Scoring, Fit, Calibration),
        .. Reading.InputColumnNames.Zip(Dimensions, (name, dimension) => ($"the length of column '{name}'", dimension.ToString(CultureInfo.InvariantCulture))),
        ("the seed", Seed.ToString(CultureInfo.InvariantCulture)),
        .. Properties.Select(property => ($"property '{property.Key}'", $"'{property.Value}'")),
    ];
}
