using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;
using SkiaSharp;

namespace Dime.Server.Tests.Endpoints;

[TestClass]
public sealed class ScoreImagesTests
{
    private static RunningServer _server = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) =>
        _server = await RunningServer.StartAsync(TestModels.Images, options => options.ImagePixels = 1_000_000);

    [ClassCleanup]
    public static async Task Stop() => await _server.DisposeAsync();

    [TestMethod]
    public async Task Images_get_what_the_tool_says_of_their_files()
    {
        string[] photos = TestModels.Photos;
        var expected = ScoreLines.Of(TestModels.Images, "--images", Path.GetDirectoryName(photos[0])!);
        using MultipartFormDataContent parts = [];
        foreach (string photo in photos)
        {
            parts.Add(new ByteArrayContent(File.ReadAllBytes(photo)), "image", Path.GetFileName(photo));
        }

        using HttpResponseMessage response = await _server.Client.PostAsync("v1/score", parts);
        JsonElement[] rows = (await RunningServer.ReadAsync(response)).Rows();

        CollectionAssert.AreEqual(photos.Select(Path.GetFileName).ToArray(), rows.Select(row => row.GetProperty("id").GetString()).ToArray());
        CollectionAssert.AreEqual(expected.Texts("topScore"), rows.Select(row => row.GetProperty("topScore").GetString()).ToArray());
        foreach ((float wanted, float given) in expected.Numbers("distance").Zip(rows.Select(row => row.Number("distance"))))
        {
            // The network's batches are of other sizes, and its sums round otherwise.
            Assert.AreEqual(wanted, given, 1e-3f);
        }

        await _server.PixelsAreReturnedAsync();
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Png, "image/png")]
    [DataRow(SKEncodedImageFormat.Png, "application/x-www-form-urlencoded")]
    public async Task An_image_of_another_format_gets_the_same(SKEncodedImageFormat format, string type)
    {
        string photo = TestModels.Photos[0];
        using var image = SKBitmap.Decode(photo);
        using SKData data = image.Encode(format, 100);

        JsonElement expected = await ScoreAsync(File.ReadAllBytes(photo), "image/jpeg");
        JsonElement given = await ScoreAsync(data.ToArray(), type);

        Assert.AreEqual(expected.Number("distance"), given.Number("distance"), 1e-3f);
    }

    [TestMethod]
    public async Task WebP_is_taken()
    {
        using var image = SKBitmap.Decode(TestModels.Photos[0]);
        using SKData data = image.Encode(SKEncodedImageFormat.Webp, 100);

        Assert.IsTrue(float.IsFinite((await ScoreAsync(data.ToArray(), "image/webp")).Number("distance")));
    }

    [TestMethod]
    public async Task An_image_is_turned_upright()
    {
        byte[] jpeg = EncodedImages.Kinds["colors.jpg"]();
        using var stored = SKBitmap.Decode(jpeg);
        using var upright = new SKBitmap(stored.Height, stored.Width);
        for (int x = 0; x < stored.Width; x++)
        {
            for (int y = 0; y < stored.Height; y++)
            {
                upright.SetPixel(stored.Height - 1 - y, x, stored.GetPixel(x, y));
            }
        }

        using SKData expected = upright.Encode(SKEncodedImageFormat.Png, 100);
        float turned = (await ScoreAsync(EncodedImages.WithOrientation(jpeg, 6), "image/jpeg")).Number("distance");

        Assert.AreEqual((await ScoreAsync(expected.ToArray(), "image/png")).Number("distance"), turned, 1e-3f);
        Assert.AreNotEqual((await ScoreAsync(jpeg, "image/jpeg")).Number("distance"), turned, 1e-3f);
    }

    [TestMethod]
    public async Task The_networks_outputs_are_given_when_asked_for()
    {
        using var session = new ImageSession(SampleData.Network);
        float[] logits = session.Run(TestModels.Photos[1], "logits");

        JsonElement row = await ScoreAsync(File.ReadAllBytes(TestModels.Photos[1]), "image/jpeg", "?outputs=true&id=one");
        float[] given = [.. row.GetProperty("outputs").GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())];

        Assert.AreEqual("one", row.GetProperty("id").GetString());
        Assert.HasCount(logits.Length, given);
        foreach ((float wanted, float value) in logits.Zip(given))
        {
            Assert.AreEqual(wanted, value, 1e-3f);
        }

        Assert.IsFalse((await ScoreAsync(File.ReadAllBytes(TestModels.Photos[1]), "image/jpeg")).TryGetProperty("outputs", out _));
    }

    [TestMethod]
    public async Task Outputs_are_not_given_to_those_that_share_a_batch()
    {
        byte[] photo = await File.ReadAllBytesAsync(TestModels.Photos[1]);
        JsonElement[] rows = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ScoreAsync(photo, "image/jpeg", i % 2 == 0 ? "?outputs=true" : "")));

        for (int i = 0; i < rows.Length; i++)
        {
            Assert.AreEqual(i % 2 == 0, rows[i].TryGetProperty("outputs", out _), $"{i}");
        }
    }

    [TestMethod]
    public async Task Outputs_of_a_network_beside_the_pipeline_are_its_own()
    {
        await using RunningServer server = await RunningServer.StartAsync(Golden("pipeline-images.zip"), options => options.NetworkFile = SampleData.Network);
        using var session = new ImageSession(SampleData.Network);
        float[] logits = session.Run(TestModels.Photos[2], "logits");

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score?outputs=true", Content(File.ReadAllBytes(TestModels.Photos[2]), "image/jpeg"));
        JsonElement row = (await RunningServer.ReadAsync(response)).Rows().Single();
        float[] given = [.. row.GetProperty("outputs").GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())];

        foreach ((float wanted, float value) in logits.Zip(given))
        {
            Assert.AreEqual(wanted, value, 1e-3f);
        }
    }

    [TestMethod]
    public async Task A_pipeline_of_the_first_version_gives_what_it_gave()
    {
        await using RunningServer server = await RunningServer.StartAsync(Golden("pipeline-images.zip"));
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Golden("pipeline-images.zip.json"))).RootElement.GetProperty("Outputs").GetProperty("DimeDistance");
        string[] files = [.. Directory.GetFiles(Golden("images"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        using MultipartFormDataContent parts = [];
        foreach (string file in files)
        {
            parts.Add(new ByteArrayContent(File.ReadAllBytes(file)), "image", Path.GetFileName(file));
        }

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts);
        float[] given = [.. (await RunningServer.ReadAsync(response)).Rows().Select(row => row.Number("distance"))];

        Assert.HasCount(expected.GetArrayLength(), given);
        foreach ((float wanted, float value) in expected.EnumerateArray().Select(value => value.GetSingle()).Zip(given))
        {
            Assert.AreEqual(wanted, value, 1e-3f);
        }
    }

    [TestMethod]
    public async Task A_pipeline_with_a_step_for_each_colour_gives_what_the_tool_gives()
    {
        using var folder = new TemporaryFolder();
        string model = folder["colours.zip"];
        DimeProcess.Run(
            "fit", "--images", SampleData.Unpack("train", 120, folder), "--onnx", SampleData.Network, "--method", "dime", "--layer", SampleData.Layer,
            "--mean", "0.4,0.5,0.6", "--std", "0.2,0.3,0.4", "--output", model).Succeeds();
        var expected = ScoreLines.Of(model, "--images", Path.GetDirectoryName(TestModels.Photos[0])!);
        await using RunningServer server = await RunningServer.StartAsync(model);
        using MultipartFormDataContent parts = [];
        foreach (string photo in TestModels.Photos)
        {
            parts.Add(new ByteArrayContent(File.ReadAllBytes(photo)), "image", Path.GetFileName(photo));
        }

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts);
        foreach ((float wanted, float given) in expected.Numbers("distance").Zip((await RunningServer.ReadAsync(response)).Rows().Select(row => row.Number("distance"))))
        {
            Assert.AreEqual(wanted, given, 1e-3f);
        }
    }

    [TestMethod]
    [DataRow("animated.gif", HttpStatusCode.UnsupportedMediaType, "send JPEG, PNG or WebP")]
    [DataRow("colors.bmp", HttpStatusCode.UnsupportedMediaType, "send JPEG, PNG or WebP")]
    public async Task Other_formats_are_refused(string kind, HttpStatusCode status, string sentence)
    {
        using HttpResponseMessage response = await _server.Client.PostAsync("v1/score", Content(EncodedImages.Kinds[kind](), "image/png"));

        Assert.Contains(sentence, await response.ProblemAsync(status));
    }

    [TestMethod]
    public async Task A_bomb_is_refused_before_it_is_decoded()
    {
        long before = GC.GetTotalAllocatedBytes();
        using HttpResponseMessage response = await _server.Client.PostAsync("v1/score", Content(EncodedImages.PngOfSize(30_000, 30_000), "image/png"));

        Assert.Contains("30000 x 30000 pixels, and 1000000 are allowed", await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        Assert.IsLessThan(100_000_000, GC.GetTotalAllocatedBytes() - before);
    }

    [TestMethod]
    public async Task A_JPEG_of_endless_scans_is_refused()
    {
        byte[] jpeg = [.. File.ReadAllBytes(TestModels.Photos[0]), .. Enumerable.Repeat((byte[])[0xFF, 0xDA], 200).SelectMany(scan => scan)];
        using HttpResponseMessage response = await _server.Client.PostAsync("v1/score", Content(jpeg, "image/jpeg"));

        Assert.Contains("scans", await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestMethod]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/score") { Content = Content(new byte[(16 * 1024 * 1024) + 1], "image/jpeg") };
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage known = await _server.Client.SendAsync(request);

        Assert.Contains("bytes that are allowed", await known.ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestMethod]
    public async Task What_is_no_image_is_refused()
    {
        byte[] whole = File.ReadAllBytes(TestModels.Photos[0]);
        using HttpResponseMessage empty = await _server.Client.PostAsync("v1/score", Content([], "image/jpeg"));
        using HttpResponseMessage half = await _server.Client.PostAsync("v1/score", Content(whole[..(whole.Length / 2)], "image/jpeg"));
        using HttpResponseMessage json = await _server.Client.PostAsync("v1/score", Content("{}"u8.ToArray(), "application/json"));

        Assert.Contains("The image is empty", await empty.ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Contains("truncated image", await half.ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Contains("takes images", await json.ProblemAsync(HttpStatusCode.UnsupportedMediaType));
        await _server.PixelsAreReturnedAsync();
    }

    private static async Task<JsonElement> ScoreAsync(byte[] image, string type, string query = "")
    {
        using HttpResponseMessage response = await _server.Client.PostAsync($"v1/score{query}", Content(image, type));
        return (await RunningServer.ReadAsync(response)).Rows().Single();
    }

    private static ByteArrayContent Content(byte[] bytes, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);
}
