using System.Text.Json.Nodes;
using System.Xml.Linq;
using SkiaSharp;

namespace Dime.Notebooks.Tests;

[TestClass]
public sealed class DisplayTests
{
    private const string OxyPlot = "#r \"nuget: OxyPlot.Core, 2.2.0\"\nusing OxyPlot;\nusing OxyPlot.Series;\n";

    [TestMethod]
    [DataRow("1.0 / 3", "0.3333")]
    [DataRow("12345678", "12345678")]
    [DataRow("\"as it is\"", "as it is")]
    [DataRow("new[] { 1, 2 }", "[1, 2]")]
    [DataRow("new[] { \"one\", \"two\" }", "one\ntwo")]
    [DataRow("true", "True")]
    public async Task Values_are_shown_as_text(string cell, string text)
    {
        JsonNode data = await DataAsync(cell);

        Assert.HasCount(1, data.AsObject());
        Assert.AreEqual(text, TestNotebook.Joined(data["text/plain"]));
    }

    [TestMethod]
    public async Task Rows_are_shown_as_a_table_in_HTML_and_text()
    {
        JsonNode data = await DataAsync("new[] { new { Set = \"a<b\", AUROC = 0.98765 }, new { Set = \"longer\", AUROC = 12.0 } }");

        Assert.AreEqual("Set      AUROC\na<b     0.9877\nlonger      12", TestNotebook.Joined(data["text/plain"]));
        var table = XElement.Parse(TestNotebook.Joined(data["text/html"]));
        CollectionAssert.AreEqual(new[] { "Set", "AUROC", "a<b", "0.9877", "longer", "12" }, table.Descendants().Where(e => e.Name.LocalName is "th" or "td").Select(e => e.Value).ToArray());
        CollectionAssert.AreEqual(new[] { "left", "right" }, table.Descendants("th").Select(e => (string?)e.Attribute("align")).ToArray());
    }

    [TestMethod]
    public async Task Plots_are_shown_as_SVG_on_white_whose_ids_are_their_own()
    {
        string[] clips = [];
        foreach (int y in new[] { 1, 2 })
        {
            JsonNode data = await DataAsync($$"""
                {{OxyPlot}}
                var plot = new PlotModel { Title = "A title" };
                var line = new LineSeries();
                line.Points.AddRange([new(0, 0), new(1, {{y}})]);
                plot.Series.Add(line);
                plot
                """);
            Assert.AreEqual("A title", TestNotebook.Joined(data["text/plain"]));
            var svg = XElement.Parse(TestNotebook.Joined(data["image/svg+xml"]));
            Assert.AreEqual("svg", svg.Name.LocalName);
            StringAssert.Contains((string?)svg.Elements().First().Attribute("style"), "fill:rgb(255,255,255)");
            string[] ids = [.. svg.Descendants().Attributes("id").Select(id => id.Value)];
            CollectionAssert.IsSubsetOf(svg.Descendants().Attributes("clip-path").Select(clip => clip.Value["url(#".Length..^1]).ToArray(), ids);
            Assert.IsNotEmpty(ids);
            Assert.IsEmpty(clips.Intersect(ids));
            clips = ids;
        }
    }

    [TestMethod]
    public async Task A_plot_that_cannot_be_drawn_is_an_error()
    {
        using var notebook = new TestNotebook(OxyPlot + "var plot = new PlotModel { Title = \"Bad\" };\nplot.Series.Add(new LineSeries { XAxisKey = \"none\" });\ndisplay(plot);");

        StringAssert.Contains((await notebook.RunAsync()).Error, "cell 1, line 6: InvalidOperationException: The plot 'Bad' cannot be drawn");
    }

    [TestMethod]
    public async Task Encoded_images_are_shown_as_they_are()
    {
        using var bitmap = new SKBitmap(3, 2);
        foreach ((SKEncodedImageFormat format, string type) in new[] { (SKEncodedImageFormat.Png, "image/png"), (SKEncodedImageFormat.Jpeg, "image/jpeg") })
        {
            using SKData encoded = bitmap.Encode(format, quality: 90);
            string base64 = Convert.ToBase64String(encoded.ToArray());

            JsonNode data = await DataAsync($"Convert.FromBase64String(\"{base64}\")");

            Assert.AreEqual(base64, (string?)data[type]);
            Assert.AreEqual("(3×2 pixels)", TestNotebook.Joined(data["text/plain"]));
        }

        using var notebook = new TestNotebook("display(new byte[] { 1, 2, 3 });");
        StringAssert.Contains((await notebook.RunAsync()).Error, "These 3 bytes are no PNG or JPEG image");
    }

    [TestMethod]
    public async Task A_contact_sheet_has_each_image_in_its_place()
    {
        SKColor[] colours = [SKColors.Red, SKColors.Lime, SKColors.Blue];
        using var notebook = new TestNotebook("ContactSheet.OfFiles(Directory.GetFiles(\".\", \"*.png\").Order(), columns: 2, size: 10)");
        for (int i = 0; i < colours.Length; i++)
        {
            using var image = new SKBitmap(2, 2);
            image.Erase(colours[i]);
            using FileStream file = File.Create(Path.Combine(notebook.Folder, $"{i}.png"));
            image.Encode(file, SKEncodedImageFormat.Png, quality: 100);
        }

        JsonNode data = (await notebook.OutputsAsync())[0]!["data"]!;

        using var sheet = SKBitmap.Decode(Convert.FromBase64String((string)data["image/png"]!));
        Assert.AreEqual((38, 38), (sheet.Width, sheet.Height));
        Assert.AreEqual(SKColors.Red, sheet.GetPixel(11, 11));
        Assert.AreEqual(SKColors.Lime, sheet.GetPixel(27, 11));
        Assert.AreEqual(SKColors.Blue, sheet.GetPixel(11, 27));
        Assert.AreEqual(SKColors.White, sheet.GetPixel(27, 27));
    }

    private static async Task<JsonNode> DataAsync(string cell)
    {
        using var notebook = new TestNotebook(cell);
        return (await notebook.OutputsAsync()).Single()!["data"]!;
    }
}
