using System.Globalization;
using Dime.MLNet.Evidence.Command;
using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using Dime.Tool.Models;

namespace Dime.MLNet.Evidence.Tests;

/// <summary>The command from images to the page, on some of the sample's images.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CommandTests
{
    private static string _page = "";

    [ClassInitialize]
    public static void RunOnSample(TestContext context) => _page = Run("--rows", "150", "--repeats", "1");

    [TestMethod]
    public void Second_run_gives_the_same_page() => Assert.AreEqual(_page, Run("--rows", "150", "--repeats", "1"));

    [TestMethod]
    [DataRow("DIME")]
    [DataRow("**ensemble**")]
    [DataRow("`ClassMahalanobis(")]
    [DataRow("`RelativeMahalanobis(")]
    [DataRow("`Energy(")]
    [DataRow("peer: MSP")]
    [DataRow("peer: energy")]
    [DataRow("peer: KNN-50")]
    [DataRow("peer: ViM")]
    [DataRow("peer: Mahalanobis")]
    public void Each_detector_has_figures_for_each_set(string detector)
    {
        double[] auroc = Figures("AUROC of each set", detector);

        // CIFAR-100, MNIST and eight faults.
        Assert.HasCount(10, auroc);
        Assert.IsTrue(auroc.All(figure => figure is >= 0 and <= 100));
    }

    [TestMethod]
    [DataRow("DIME")]
    [DataRow("**ensemble**")]
    [DataRow("`ClassMahalanobis(/l1/")]
    public void Digits_and_black_images_are_seen(string detector)
    {
        double[] auroc = Figures("AUROC of each set", detector);

        Assert.IsGreaterThan(90, auroc[1]);
        Assert.IsGreaterThan(90, auroc[2]);
    }

    [TestMethod]
    public void Energy_of_the_ensemble_is_that_of_the_peer() =>
        CollectionAssert.AreEqual(Figures("AUROC of each set", "peer: energy"), Figures("AUROC of each set", "`Energy("));

    [TestMethod]
    public void Page_tells_counts()
    {
        Assert.Contains("120 rows to fit, 30 to calibrate, 150 to test", _page);
        Assert.Contains("| CIFAR-100 | near | 150 |", _page);
    }

    [TestMethod]
    public void Other_images_come_in_parts_or_are_divided()
    {
        using var sample = new SampleData();
        string page = Run(
            "--onnx", sample.Network, "--in", sample.Folder("train"), "--calibration", sample.Folder("test"), "--ood", $"digits={sample.Folder("ood-mnist")}", "--rows", "150", "--repeats", "1");

        Assert.Contains("120 rows to fit, 150 to calibrate, 30 to test", page);
        Assert.Contains("| digits | not said | 150 |", page);
        Assert.Contains("| dark | fault: all colours divided by 4 | 30 |", page);
        Assert.DoesNotContain("SentenceTransformers", page);
    }

    [TestMethod]
    public void Sets_without_a_network_are_refused() => Assert.AreNotEqual(0, new EvidenceCommand().Parse(["--in", "photos"]).Invoke());

    [TestMethod]
    public void Image_without_fault_is_taken_as_it_is()
    {
        using var sample = new SampleData();
        OnnxGraph network = NetworkFile.Load(sample.Network);
        var monitoring = Monitoring.Suggest(sample.Network, network, layer: null);
        var features = new NetworkFeatures(new ImageSettings(sample.Network), NetworkInput.Of(sample.Network, network), monitoring.Plan, mostRows: 20);
        string[] files = features.Files(sample.Folder("test"));

        CollectionAssert.AreEqual(
            features.Extract(files).Values,
            features.Extract(files, new Fault("none", "", NeedsColors: false, (_, _) => { })).Values);
    }

    private static string Run(params string[] arguments)
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.AreEqual(0, new EvidenceCommand().Parse([.. arguments, "--output", file]).Invoke());
            return File.ReadAllText(file).Replace(file, "page.md", StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The first line of a section's table that begins so.
    private static double[] Figures(string heading, string detector) =>
    [
        .. _page.Split('\n')
            .SkipWhile(line => line != $"## {heading}")
            .First(line => line.StartsWith($"| {detector}", StringComparison.Ordinal))
            .Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)),
    ];
}
