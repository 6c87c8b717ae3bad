using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dime.MLNet;
using Microsoft.ML;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>The state of a drift monitor.</summary>
[TestClass]
public sealed class DriftStateFormatTests
{
    [TestMethod]
    public void State_reads_as_the_page_says()
    {
        ModelledEnsemble model = EnsembleSamples.Fit(200).Calibrate(Flat(EnsembleSamples.Rows(90, 2)), 40);
        var monitor = new DriftMonitor(new EnsembleTransformer(new MLContext(), model), new DriftMonitorOptions { WindowRows = 50 });
        monitor.Add(Flat(EnsembleSamples.Rows(120, 3)));

        JsonElement state = JsonDocument.Parse(Bytes(monitor.SaveState)).RootElement, status = state.GetProperty("status");

        Assert.AreEqual(("dime-drift-monitor", 1), (state.GetProperty("format").GetString(), state.GetProperty("version").GetInt32()));
        string[] texts =
        [
            model.CalibrationRowCount.ToString(CultureInfo.InvariantCulture),
            .. model.StatisticPercentiles.ToArray().Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture)),
            .. model.Scores.Select(score => score.Name),
        ];
        Assert.AreEqual(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + '\0'))))), state.GetProperty("model").GetString());
        Assert.AreEqual((2L, 100L), (status.GetProperty("windowCount").GetInt64(), status.GetProperty("rowCount").GetInt64()));
        Assert.AreEqual(monitor.Status.LastPValue, status.GetProperty("lastPValue").GetDouble());
        Assert.AreEqual(monitor.Status.LastTestedAt, status.GetProperty("lastTestedAt").GetDateTimeOffset());
        CollectionAssert.AreEquivalent(
            new[] { "windowCount", "rowCount", "driftedWindowCount", "alarmCount", "cleanWindowCount", "alarmSince", "lastTestedAt", "lastPValue", "lastVerdict" },
            status.EnumerateObject().Select(property => property.Name).ToArray());
    }
}
