using System.Security.Cryptography;
using System.Text.Json;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.Tool.Tests.Commands;

/// <summary>Folders of images that are accumulated in parts, and merged.</summary>
[TestClass]
public sealed class ImagePartTests : IDisposable
{
    private const int Images = 240;

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _parts;
    private readonly string _digits;

    public ImagePartTests()
    {
        string[] files = [.. Directory.GetFiles(SampleData.Unpack("train", Images, _folder)).Order(StringComparer.Ordinal)];
        _parts = [.. Enumerable.Range(0, 3).Select(part => _folder[$"part-{part}"])];
        foreach ((string file, int i) in files.Select((file, i) => (file, i)))
        {
            // Two parts with two classes, and one with one.
            int part = 3 * i / files.Length;
            string folder = Path.Combine(_parts[part], part == 2 || i % 2 == 0 ? "even" : "odd");
            Directory.CreateDirectory(folder);
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        _digits = SampleData.Unpack("ood-mnist", 30, _folder);
    }

    private string Model => _folder["m.zip"];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Parts_merge_to_the_hyperplane_of_all_images()
    {
        string[] options = ["--layer", SampleData.Layer, "--no-calibration"];
        string[] sums = [.. _parts.Select(part => Accumulate(part, options))];

        DimeRun merged = Merge(Model, [.. sums, "--onnx", SampleData.Network, "--rank", "6"]);
        DimeProcess.Run(["fit", "--images", _folder["train"], "--onnx", SampleData.Network, .. options, "--rank", "6", "--output", _folder["fit.zip"]]).Succeeds();

        Assert.Contains($"{Images} rows of 3 parts at {SampleData.Layer}: a hyperplane of rank 6", merged.Output);
        float[] expected = Distances(_folder["fit.zip"]);
        float[] distances = Distances(Model);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], distances[i], 1e-4f * expected[i]);
        }
    }

    [TestMethod]
    public void Ensembles_with_classes_merge_from_parts_that_need_not_have_them_all()
    {
        string[] sums = [.. _parts.Select(part => Accumulate(part, "--classes", "folders"))];

        JsonElement merged = Merge(Model, [.. sums, "--onnx", SampleData.Network, "--json"]).Json;

        Assert.AreEqual(Images, merged.GetProperty("rows").GetInt32());
        Assert.AreEqual(2, merged.GetProperty("ensemble").GetProperty("classes").GetInt32());
        Assert.AreEqual("the folders", merged.GetProperty("ensemble").GetProperty("classesFrom").GetString());
        new MLContext().Model.Load(Model, out DataViewSchema schema);
        Assert.AreSequenceEqual(["Path"], schema.Select(column => column.Name));

        // In one command the same bits; summed in another order the same but for rounding, from the same rows held out.
        DimeProcess.Run(["accumulate", "--images", .. _parts, "--onnx", SampleData.Network, "--classes", "folders", "--output", _folder["all.sums"]]).Succeeds();
        Merge(_folder["n.zip"], _folder["all.sums"], "--onnx", SampleData.Network);
        Assert.AreSequenceEqual(ModelZip.ContentOf(Model), ModelZip.ContentOf(_folder["n.zip"]));
        string last = _folder["z.sums"];
        DimeProcess.Run("merge", sums[1], sums[2], "--output", last).Succeeds();
        Merge(_folder["n.zip"], sums[0], last, "--onnx", SampleData.Network);
        (float[] expected, float[] others) = (Distances(Model), Distances(_folder["n.zip"]));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], others[i], 1e-4f * expected[i]);
        }
    }

    [TestMethod]
    public void Data_that_is_in_no_parts_is_fitted_to_as_by_fit()
    {
        AssertSame([], []);
        AssertSame(["--classes", "none", "--mean", "0.5", "--resize", "pad", "--bgr"], ["--outlier-probability", "90%"]);
        AssertSame(["--layer", SampleData.Layer, "--std", "0.2,0.3,0.4"], ["--rank", "5"]);

        void AssertSame(string[] ofSums, string[] ofFit)
        {
            DimeProcess.Run(["fit", "--images", _folder["train"], "--onnx", SampleData.Network, .. ofSums, .. ofFit, "--output", _folder["fit.zip"]]).Succeeds();
            Accumulate(_folder["train"], [.. ofSums, "--source", ""]);
            Merge(Model, [.. (string[])[_folder["train.sums"], "--onnx", SampleData.Network], .. ofFit]);

            Assert.AreSequenceEqual(ModelZip.ContentOf(_folder["fit.zip"]), ModelZip.ContentOf(Model));
        }
    }

    [TestMethod]
    public void The_network_is_asked_for_and_must_be_that_of_the_parts()
    {
        string sums = Accumulate(_parts[0]);
        string broken = _folder.Write("z.sums", "no sums");
        string other = Featurizer.Write(_folder, "other.onnx");

        DimeProcess.Run("merge", sums, broken, "--output", Model).Fails(3, sums, "--onnx", HashOf(SampleData.Network));
        DimeProcess.Run("merge", sums, broken, "--onnx", other, "--output", Model).Fails(3, other, HashOf(other), HashOf(SampleData.Network), "--onnx");
        DimeProcess.Run("merge", sums, broken, "--onnx", _folder["none.onnx"], "--output", Model).Fails(3, _folder["none.onnx"]);
        Assert.IsFalse(File.Exists(Model));

        // The sums of all need none.
        DimeProcess.Run("merge", sums, Accumulate(_parts[1]), "--output", _folder["all.sums"]).Succeeds();
    }

    [TestMethod]
    public void Images_that_became_embeddings_otherwise_are_refused()
    {
        string sums = Accumulate(_parts[0]);
        void Refuses(string option, string value, params string[] words)
        {
            string second = Accumulate(_parts[1], option, value);
            DimeProcess.Run("merge", sums, second, "--onnx", SampleData.Network, "--output", Model).Fails(3, [second, sums, .. words]);
        }

        Refuses("--mean", "0.5", "mean is 0.5,0.5,0.5, not none");
        Refuses("--resize", "crop", "resize is isocrop, not fill");
        Refuses("--classes", "none", "classes is none, not logits");
        Refuses("--layer", SampleData.Layer, "layer");
        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(50)));
        DimeProcess.Run("accumulate", "--embeddings", rows, "--output", _folder["z.sums"]).Succeeds();
        DimeProcess.Run("merge", sums, _folder["z.sums"], "--onnx", SampleData.Network, "--output", Model).Fails(3, "of embeddings, not of images");
        Assert.IsFalse(File.Exists(Model));
    }

    [TestMethod]
    public void Unreadable_images_are_left_out_where_asked()
    {
        string bad = Path.Combine(_parts[0], "even", "0000.jpg");
        File.WriteAllText(bad, "no image");

        DimeProcess.Run("accumulate", "--images", _parts[0], "--onnx", SampleData.Network, "--output", _folder["x.sums"]).Fails(3, bad, "--skip-unreadable");
        JsonElement run = DimeProcess.Run(
            "accumulate", "--images", _parts[0], "--onnx", SampleData.Network, "--skip-unreadable", "--output", _folder["x.sums"], "--json").Succeeds().Json;

        Assert.AreEqual((Images / 3) - 1, run.GetProperty("rows").GetInt32());
        Assert.AreEqual(bad, run.GetProperty("unreadable")[0].GetProperty("file").GetString());
        Assert.AreEqual("part-0", run.GetProperty("parts")[0].GetProperty("name").GetString());
        Directory.CreateDirectory(_folder["bad"]);
        File.Copy(bad, Path.Combine(_folder["bad"], "0.jpg"));
        DimeProcess.Run("accumulate", "--images", _folder["bad"], "--onnx", SampleData.Network, "--skip-unreadable", "--output", _folder["y.sums"])
            .Fails(3, "None of the 1 images");
    }

    private static DimeRun Merge(string model, params string[] arguments) => DimeProcess.Run(["merge", .. arguments, "--output", model]).Succeeds();

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static string Accumulate(string images, params string[] options)
    {
        string sums = $"{images}.sums";
        DimeProcess.Run(["accumulate", "--images", images, "--onnx", SampleData.Network, .. options, "--output", sums]).Succeeds();
        return sums;
    }

    private float[] Distances(string model) => ScoreLines.Of(model, "--images", _digits).Numbers("distance");
}
