using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

/// <summary><c>dime inspect</c> tells of a zip what it would load, and of its detector what it is.</summary>
[TestClass]
public sealed class InspectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Detector_and_its_steps_are_told()
    {
        string model = Fit();

        DimeRun run = DimeProcess.Run("inspect", model).Succeeds();
        JsonElement json = DimeProcess.Run("inspect", model, "--json").Succeeds().Json;

        Assert.Contains("A DIME detector of embeddings in column 'Features', which appends DimeDistance, DimeProbability, IsOutOfDistribution:", run.Output);
        Assert.Contains("  Features: 4 values, a hyperplane of rank 2", run.Output);
        JsonElement detector = json.GetProperty("detector");
        (long fitted, long calibrated) = (detector.GetProperty("trainingRows").GetInt64(), detector.GetProperty("calibrationRows").GetInt64());
        Assert.AreEqual(700, fitted + calibrated);
        Assert.Contains($"Fitted to {fitted} rows; calibrated on {calibrated}; rows are flagged from a probability of 0.9 on.", run.Output);
        Assert.AreSequenceEqual(["Dime.MLNet", "Microsoft.ML.Data"], json.GetProperty("assemblies").EnumerateArray().Select(name => name.GetString()));
        Assert.IsEmpty(json.GetProperty("foreign").EnumerateArray());
        JsonElement step = json.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("loader").GetString() == "DimeTransformer");
        using ZipArchive zip = ZipFile.OpenRead(model);
        Assert.AreEqual(zip.GetEntry(step.GetProperty("entry").GetString() + "/Model.key")!.Length, step.GetProperty("bytes").GetInt64());
        Assert.AreEqual(2, detector.GetProperty("columns")[0].GetProperty("rank").GetInt32());
        Assert.Contains("XF CHAIN", run.Output);
    }

    [TestMethod]
    public void Detector_without_calibration_is_told_to_be_so()
    {
        DimeRun run = DimeProcess.Run("inspect", Fit("--no-calibration")).Succeeds();

        Assert.Contains("not calibrated, so that rows get no probability; once calibrated, rows are flagged from a probability of 0.9 on.", run.Output);
    }

    [TestMethod]
    public void Foreign_assembly_is_told_and_nothing_loaded()
    {
        string model = Fit();
        Rename(model, "Dime.MLNet", "Evil.Thing");

        DimeRun run = DimeProcess.Run("inspect", model);

        Assert.AreEqual(3, run.ExitCode);
        Assert.Contains("Evil.Thing (unknown)", run.Output);
        Assert.Contains("Nothing was loaded: 'Evil.Thing' belongs neither to ML.NET nor to Dime.MLNet.", run.Error);

        // Allowed, it is looked for.
        DimeRun allowed = DimeProcess.Run("inspect", model, "--allow", "evil.thing");
        Assert.AreEqual(3, allowed.ExitCode);
        Assert.Contains("is not a model that can be loaded: Could not load file or assembly 'Evil.Thing", allowed.Error);
        Assert.Contains("DimeTransformer", allowed.Output);
    }

    // A terminal obeys them.
    [TestMethod]
    public void Control_characters_in_a_zip_are_not_shown()
    {
        string model = Fit();
        Rename(model, "Dime.MLNet", "\u001b[31mEvil");

        Assert.DoesNotContain("\u001b", DimeProcess.Run("inspect", model).Output + DimeProcess.Run("inspect", model).Error);
    }

    [TestMethod]
    public void Other_files_are_refused()
    {
        string csv = _folder.Write("rows.csv", "a,b\n1,2\n");

        DimeProcess.Run("inspect", csv).Fails(3, $"'{csv}' cannot be read as a pipeline");
        DimeProcess.Run("inspect", _folder["none.zip"]).Fails(3, "There is no model");
    }

    private string Fit(params string[] more)
    {
        string train = _folder.Write("train.csv", LabelledRows.Create(700).ToCsv(withClasses: false));
        DimeProcess.Run(["fit", "--embeddings", train, "--rank", "2", "--outlier-probability", "0.9", "--output", _folder["m.zip"], .. more]).Succeeds();
        return _folder["m.zip"];
    }

    private static void Rename(string model, string name, string other)
    {
        using ZipArchive zip = ZipFile.Open(model, ZipArchiveMode.Update);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            int place = bytes.AsSpan().LastIndexOf(Encoding.Unicode.GetBytes(name));
            if (place >= 0)
            {
                Encoding.Unicode.GetBytes(other).CopyTo(bytes, place);
                stream.Position = 0;
                stream.Write(bytes);
            }
        }
    }
}
