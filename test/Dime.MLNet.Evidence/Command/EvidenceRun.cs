using Dime.MLNet.Evidence.Calibration;
using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using Dime.MLNet.Evidence.Report;
using Dime.MLNet.Evidence.Text;
using Dime.Tool.Models;

namespace Dime.MLNet.Evidence.Command;

/// <summary>From folders of images to the page.</summary>
internal static class EvidenceRun
{
    // Where a set in distribution does not come in parts: 64 % to fit, 16 % to calibrate, 20 % to test.
    private const double TestShare = 0.2;
    private const double CalibrationShare = 0.2;

    private const int GeneratedRows = 6000;

    /// <param name="settings">What is compared.</param>
    /// <param name="say">Hears of the progress.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InputException">The network or a folder cannot be used.</exception>
    public static string Write(EvidenceSettings settings, Action<string> say)
    {
        OnnxGraph network = NetworkFile.Load(settings.Network.Network);
        var monitoring = Monitoring.Suggest(settings.Network.Network, network, settings.Network.Layer);
        var features = new NetworkFeatures(settings.Network, NetworkInput.Of(settings.Network.Network, network), monitoring.Plan, settings.MostRows);

        say("rows in distribution ...");
        InDistributionRows rows = Divide(settings, features);
        say($"{rows.Fit.Count} to fit, {rows.Calibration.Count} to calibrate, {rows.Test.Count} to test; the detectors ...");
        var bench = DetectorBench.Fit(monitoring, rows.Fit, rows.Calibration);
        List<EvidenceSet> sets = [];
        foreach (NamedFolder set in settings.Sets)
        {
            say($"{set.Name} ...");
            sets.Add(new EvidenceSet(set.Name, set.Kind, features.Extract(features.Files(set.Path))));
        }

        foreach (Fault fault in Fault.All.Where(fault => !(fault.NeedsColors && features.Input.IsGray)))
        {
            say($"{fault.Name} ...");
            sets.Add(new EvidenceSet(fault.Name, SetKind.Fault, features.Extract(rows.TestFiles, fault)));
        }

        say("comparison ...");
        var comparison = Comparison.Of(bench, rows.Test, sets);
        say("flagged shares ...");
        FeatureRows all = rows.Fit.Append(rows.Calibration).Append(rows.Test);
        IReadOnlyList<FlaggedShare> shares = FlaggedShares.Measure(all, monitoring, settings.Repeats, settings.Seed);
        IReadOnlyList<FlaggedShare> generated = FlaggedShares.Measure(GaussianMixture.Draw(GeneratedRows, settings.Seed), GaussianMixture.Monitoring, settings.Repeats, settings.Seed);
        TextResult? text = null;
        if (settings.WithText)
        {
            say("text ...");
            text = TextEvidence.Measure(settings.Repeats, settings.Seed);
        }

        return DetectionPage.Write(new DetectionFigures(settings, monitoring, rows, comparison, shares, generated, text));
    }

    private static InDistributionRows Divide(EvidenceSettings settings, NetworkFeatures features)
    {
        string[] files = features.Files(settings.InDistribution);
        string[] shuffled = [.. RowOrder.Shuffled(files.Length, settings.Seed).Select(i => files[i])];
        string[] test = settings.Test is { } testFolder ? features.Files(testFolder) : shuffled[..(int)(TestShare * files.Length)];
        string[] others = settings.Test is null ? shuffled[test.Length..] : shuffled;
        string[] calibration = settings.Calibration is { } folder ? features.Files(folder) : others[..(int)(CalibrationShare * others.Length)];
        string[] fit = settings.Calibration is null ? others[calibration.Length..] : others;
        return calibration.Length > 0 && test.Length > 0
            ? new InDistributionRows(features.Extract(fit), features.Extract(calibration), features.Extract(test), test)
            : throw new InputException($"The {files.Length} images of '{settings.InDistribution}' are too few to calibrate on and to test; name a folder of more.");
    }
}
