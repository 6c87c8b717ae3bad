using System.Text.Json;
using System.Xml.Linq;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

/// <summary>Folders in which some images cannot be read.</summary>
[TestClass]
public sealed class UnreadableImageTests : IDisposable
{
    private const int Images = 60;

    private readonly TemporaryFolder _folder = new();
    private readonly string _images;
    private readonly string _sound;

    public UnreadableImageTests()
    {
        _images = SampleData.Unpack("train", Images, _folder);
        _sound = _folder["sound"];
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("truncated", "truncated image")]
    [DataRow("garbage", "not an image")]
    [DataRow("empty", "empty")]
    public void The_file_is_named_with_what_is_to_be_done(string damage, string words)
    {
        string model = Fit(_images, "m.zip", calibrated: true);
        string file = Damage("0007.jpg", damage);

        Run("fit", "--images", _images, "--onnx", SampleData.Network, "--output", _folder["n.zip"]).Fails(3, $"'{file}'", words, "remove", "--skip-unreadable");
        DimeRun score = Run("score", "--model", model, "--images", _images);
        score.Fails(3, $"'{file}'", words, "--skip-unreadable");
        Assert.AreEqual("", score.Output);
        Run("evaluate", "--model", model, "--in", _images, "--ood", _images).Fails(3, $"'{file}'", words);
        Assert.IsFalse(File.Exists(_folder["n.zip"]));
    }

    [TestMethod]
    public void A_fit_without_them_is_that_of_the_others()
    {
        string[] bad = DamageSome();
        string expected = Fit(_sound, "expected.zip");

        DimeRun run = Run("fit", "--images", _images, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", "--no-calibration", "--skip-unreadable", "--output", _folder["m.zip"], "--json").Succeeds();

        Assert.AreEqual(Images - bad.Length, run.Json.GetProperty("rows").GetInt32());
        Assert.AreSequenceEqual(bad, Files(run.Json.GetProperty("unreadable")));
        Assert.Contains($"Left out {bad.Length} unreadable images", run.Error);
        Assert.Contains(bad[0], run.Error);
        Assert.AreSequenceEqual(Distances(expected), Distances(_folder["m.zip"]));
    }

    [TestMethod]
    public void Calibration_goes_on_without_them_too()
    {
        string calibration = SampleData.Unpack("test", 40, _folder);
        string bad = Path.Combine(calibration, "0003.jpg");
        File.WriteAllText(bad, "not an image");
        string[] arguments = ["fit", "--images", _images, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", "--calibration", calibration, "--output", _folder["m.zip"], "--json"];

        Run(arguments).Fails(3, $"'{bad}'", "not an image");
        DimeRun run = Run([.. arguments, "--skip-unreadable"]).Succeeds();

        Assert.AreEqual(Images, run.Json.GetProperty("rows").GetInt32());
        Assert.AreSequenceEqual([bad], Files(run.Json.GetProperty("unreadable")));
    }

    [TestMethod]
    public void Scores_leave_them_out_and_say_so()
    {
        string model = Fit(_images, "m.zip");
        string[] bad = DamageSome();

        DimeRun run = Run("score", "--model", model, "--images", _images, "--skip-unreadable").Succeeds();
        var scores = Scores.Parse(run.Output);

        Assert.AreSequenceEqual(Directory.GetFiles(_images).Except(bad).Order(StringComparer.Ordinal), scores.Texts("id"));
        Assert.AreSequenceEqual(Scores.Parse(Run("score", "--model", model, "--images", _sound).Succeeds().Output).Numbers("distance"), scores.Numbers("distance"));
        Assert.Contains($"{Images - bad.Length} rows scored; {bad.Length} left out as unreadable", run.Error);
        Assert.Contains(bad[0], run.Error);
        Assert.Contains("2 more", run.Error);

        JsonElement json = Run("score", "--model", model, "--images", _images, "--skip-unreadable", "--json", "--output", _folder["s.csv"]).Succeeds().Json;
        Assert.AreSequenceEqual(bad, Files(json.GetProperty("unreadable")));
        Assert.AreEqual(Images - bad.Length, json.GetProperty("rows").GetInt32());
    }

    [TestMethod]
    public void Figures_and_reports_leave_them_out_and_say_so()
    {
        string model = Fit(_images, "m.zip", calibrated: true);
        string[] bad = DamageSome();
        string[] sets = ["--model", model, "--in", $"all={_images}", "--ood", $"some={_sound}", "--skip-unreadable", "--json"];

        JsonElement figures = Run(["evaluate", .. sets]).Succeeds().Json;
        JsonElement report = Run(["report", "--output", _folder["r.html"], .. sets]).Succeeds().Json.GetProperty("sets");

        foreach (JsonElement all in new[] { figures[0], report[0] })
        {
            Assert.AreEqual(Images - bad.Length, all.GetProperty("rows").GetInt32());
            Assert.AreSequenceEqual(bad, Files(all.GetProperty("unreadable")));
        }

        Assert.AreEqual(0, figures[1].GetProperty("unreadable").GetArrayLength());
        string page = File.ReadAllText(_folder["r.html"]);
        XElement[] rows = [.. XElement.Parse(page["<!DOCTYPE html>".Length..]).Descendants("table").First().Descendants("tr")];
        int column = rows[0].Elements().Select(cell => cell.Value).ToList().IndexOf("unreadable");
        Assert.AreSequenceEqual([$"{bad.Length}", "0"], rows[1..].Select(row => row.Elements().ElementAt(column).Value));
    }

    [TestMethod]
    public void A_folder_without_any_sound_image_is_refused()
    {
        string model = Fit(_images, "m.zip");
        foreach (string file in Directory.GetFiles(_images))
        {
            File.WriteAllText(file, "not an image");
        }

        Run("fit", "--images", _images, "--onnx", SampleData.Network, "--skip-unreadable", "--output", _folder["n.zip"]).Fails(3, $"None of the {Images} images", _images, "0000.jpg");
        Run("score", "--model", model, "--images", _images, "--skip-unreadable").Fails(3, $"None of the {Images} images", _images);
    }

    [TestMethod]
    public void Embeddings_have_no_images_to_skip()
    {
        using var model = new ClassModel();
        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(5)));

        Run("score", "--model", model.Path, "--embeddings", rows, "--skip-unreadable").Fails(2, "--skip-unreadable", "--images");
        Run("evaluate", "--model", model.Path, "--in", rows, "--ood", rows, "--skip-unreadable").Fails(3, "--skip-unreadable", model.Path);
    }

    private static DimeRun Run(params string[] arguments) => DimeProcess.Run(arguments);

    private static string[] Files(JsonElement unreadable) => [.. unreadable.EnumerateArray().Select(image => image.GetProperty("file").GetString()!)];

    private string Fit(string images, string name, bool calibrated = false)
    {
        string[] calibration = calibrated ? [] : ["--no-calibration"];
        Run(["fit", "--images", images, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", .. calibration, "--output", _folder[name]]).Succeeds();
        return _folder[name];
    }

    private float[] Distances(string model) => Scores.Parse(Run("score", "--model", model, "--images", _sound).Succeeds().Output).Numbers("distance");

    private string Damage(string name, string damage)
    {
        string file = Path.Combine(_images, name);
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, damage switch
        {
            "truncated" => bytes[..(bytes.Length / 2)],
            "garbage" => "not what it should be"u8.ToArray(),
            _ => [],
        });
        return file;
    }

    // Some in each part of the rows; the sound ones are elsewhere too.
    private string[] DamageSome()
    {
        string[] bad =
        [
            Damage("0000.jpg", "garbage"), Damage("0007.jpg", "truncated"), Damage("0020.jpg", "empty"), Damage("0021.jpg", "truncated"),
            Damage("0022.jpg", "truncated"), Damage("0040.jpg", "garbage"), Damage("0059.jpg", "truncated"),
        ];
        Directory.CreateDirectory(_sound);
        foreach (string file in Directory.GetFiles(_images).Except(bad))
        {
            File.Copy(file, Path.Combine(_sound, Path.GetFileName(file)));
        }

        return bad;
    }
}
