using System.Text.Json;

namespace Dime.Documentation.Tests.Links;

/// <summary>Pictures of docs/images are outputs of the notebooks. With DIME_WRITE_PICTURES set they are written, after a run of these.</summary>
[TestClass]
public sealed class PictureTests
{
    private static readonly bool _writes = Environment.GetEnvironmentVariable("DIME_WRITE_PICTURES") is not (null or "");

    [TestMethod]
    [DataRow("hyperplane.svg", "01-getting-started", 0)]
    [DataRow("distances.svg", "01-getting-started", 1)]
    [DataRow("rank.svg", "01-getting-started", 4)]
    [DataRow("calibration.svg", "01-getting-started", 5)]
    [DataRow("sets.png", "02-monitoring-an-image-classifier", 0)]
    [DataRow("tensors.svg", "02-monitoring-an-image-classifier", 1)]
    [DataRow("ranks.svg", "02-monitoring-an-image-classifier", 2)]
    [DataRow("stage-2.svg", "02-monitoring-an-image-classifier", 3)]
    [DataRow("broken.svg", "02-monitoring-an-image-classifier", 8)]
    [DataRow("alarm.svg", "03-to-production", 1)]
    [DataRow("questions.svg", "04-questions-out-of-scope", 0)]
    public void Picture_is_that_of_the_notebook(string name, string notebook, int number)
    {
        byte[] expected = Pictures(Path.Combine(Page.Repository, "notebooks", $"{notebook}.ipynb")).ElementAt(number);
        string path = Path.Combine(Page.Repository, "docs", "images", name);
        if (_writes)
        {
            File.WriteAllBytes(path, expected);
        }

        Assert.IsTrue(expected.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"docs/images/{name} is not picture {number} of {notebook}: run these tests with DIME_WRITE_PICTURES=1.");
    }

    [TestMethod]
    public void Each_picture_is_shown()
    {
        HashSet<string> shown = [.. Page.Paths.Select(Page.Read).SelectMany(page => page.Targets).Select(link => Path.GetFileName(link.Target))];
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(Page.Repository, "docs", "images")).Select(Path.GetFileName).Where(name => !shown.Contains(name!)));
    }

    /// <summary>The pictures among the outputs of a notebook, in their order.</summary>
    private static IEnumerable<byte[]> Pictures(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var notebook = JsonDocument.Parse(stream);
        foreach (JsonElement cell in notebook.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.TryGetProperty("outputs", out _)))
        {
            foreach (JsonElement output in cell.GetProperty("outputs").EnumerateArray())
            {
                if (output.TryGetProperty("data", out JsonElement data) && data.TryGetProperty("image/svg+xml", out JsonElement vector))
                {
                    yield return System.Text.Encoding.UTF8.GetBytes(Text(vector));
                }
                else if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("image/png", out JsonElement bitmap))
                {
                    yield return Convert.FromBase64String(Text(bitmap));
                }
            }
        }
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? string.Concat(value.EnumerateArray().Select(line => line.GetString())) : value.GetString()!;
}
