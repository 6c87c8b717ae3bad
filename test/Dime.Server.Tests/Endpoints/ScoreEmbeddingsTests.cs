using System.Net;
using System.Text;
using System.Text.Json;
using Dime.Server.Tests.Fixtures;

namespace Dime.Server.Tests.Endpoints;

[TestClass]
public sealed class ScoreEmbeddingsTests
{
    private static RunningServer _server = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => _server = await RunningServer.StartAsync(TestModels.Dime);

    [ClassCleanup]
    public static async Task Stop() => await _server.DisposeAsync();

    [TestMethod]
    public async Task Rows_get_what_the_library_says_of_them()
    {
        float[][] rows = TestModels.Rows(200, seed: 3);
        float[] distances = TestModels.Distances(TestModels.Dime, rows);
        float[] probabilities = TestModels.Probabilities(TestModels.Dime, rows);

        JsonElement[] answers = (await _server.ScoreAsync(rows)).Rows();

        CollectionAssert.AreEqual(distances, answers.Select(row => row.Number("distance")).ToArray());
        CollectionAssert.AreEqual(probabilities, answers.Select(row => row.Number("probability")).ToArray());
        CollectionAssert.AreEqual(probabilities.Select(p => p >= 0.95f).ToArray(), answers.Select(row => row.GetProperty("isOutOfDistribution").GetBoolean()).ToArray());
        Assert.HasCount(answers.Length, answers.Select(row => row.GetProperty("id").GetString()).Distinct());
    }

    [TestMethod]
    public async Task One_row_keeps_its_id()
    {
        JsonElement row = (await ScoreAsync("""{"id": "camera 7", "embedding": [1, 2, 3, 4, 5, 6]}""")).Rows().Single();

        Assert.AreEqual("camera 7", row.GetProperty("id").GetString());
        Assert.AreEqual(TestModels.Distances(TestModels.Dime, [[1, 2, 3, 4, 5, 6]])[0], row.Number("distance"));
    }

    [TestMethod]
    [DataRow("😀 \\u0007camera", "😀 camera")]
    [DataRow("\\u0001", "[0-9a-f]{32}")]
    public async Task Ids_keep_all_that_can_be_shown(string given, string expected)
    {
        string id = (await ScoreAsync($$"""{"id": "{{given}}", "embedding": [1, 2, 3, 4, 5, 6]}""")).Rows().Single().GetProperty("id").GetString()!;
        string length = (await ScoreAsync($$"""{"id": "x{{string.Concat(Enumerable.Repeat("😀", 150))}}", "embedding": [1, 2, 3, 4, 5, 6]}""")).Rows().Single().GetProperty("id").GetString()!;

        Assert.MatchesRegex($"^{expected}$", id);
        Assert.AreEqual("x" + string.Concat(Enumerable.Repeat("😀", 99)), length);
    }

    [TestMethod]
    public async Task A_row_that_is_not_finite_is_out_of_distribution()
    {
        JsonElement row = (await ScoreAsync("""{"embedding": [1, "NaN", 3, 4, "-Infinity", 6]}""")).Rows().Single();

        Assert.AreEqual(float.PositiveInfinity, row.Number("distance"));
        Assert.AreEqual(1, row.Number("probability"));
        Assert.AreEqual("out of distribution", row.GetProperty("verdict").GetString());
    }

    [TestMethod]
    [DataRow("{\"embeddings\": [[1, 2, 3, 4, 5, 6], [1, 2, 3]]}", "Row 2 has 3 numbers, and the model takes 6")]
    [DataRow("{\"embeddings\": [[1, 2, 3, 4, 5, 6, 7]]}", "Row 1 has more than the 6 numbers")]
    [DataRow("{\"embeddings\": [[1, 2, 3, true, 5, 6]]}", "Item 4 of row 1 is no number")]
    [DataRow("{\"embeddings\": [[1, 2, 3, \"x\", 5, 6]]}", "Item 4 of row 1 is no number")]
    [DataRow("{\"embeddings\": [[1, 2, 3, 1e60, 5, 6]]}", "Number 4 of row 1 is larger")]
    [DataRow("{\"embeddings\": []}", "no row")]
    [DataRow("{\"embeddings\": 5}", "'embeddings' is no array")]
    [DataRow("{\"embedding\": [[1, 2, 3, 4, 5, 6]]}", "Item 1 of row 1 is no number")]
    [DataRow("{\"embeddings\": [[1, 2, 3, 4, 5, 6]], \"ids\": [\"a\", \"b\"]}", "1 rows and 2 ids")]
    [DataRow("{\"embeddings\": [[1, 2, 3, 4, 5, 6]], \"ids\": [7]}", "Id 1 is no text")]
    [DataRow("{\"embeddings\": [], \"embeddings\": []}", "'embeddings' is there twice")]
    [DataRow("{\"rows\": []}", "'rows' is not known")]
    [DataRow("[[1, 2, 3, 4, 5, 6]]", "no object")]
    [DataRow("{\"embedding\": [1, 2, 3, 4, 5, 6]} x", "no JSON")]
    [DataRow("{\"embedding\": [1, 2,", "no JSON: line 1, byte 20")]
    [DataRow("", "no JSON")]
    public async Task Wrong_rows_are_named(string body, string sentence)
    {
        using HttpResponseMessage response = await PostAsync(body);

        Assert.Contains(sentence, await response.ProblemAsync(HttpStatusCode.BadRequest));
    }

    [TestMethod]
    public async Task More_rows_than_are_allowed_are_refused()
    {
        string body = $$"""{"embeddings": [{{string.Join(',', Enumerable.Repeat("[1,2,3,4,5,6]", 257))}}]}""";
        using HttpResponseMessage response = await PostAsync(body);

        Assert.Contains("more than the 256 rows", await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestMethod]
    public async Task What_is_no_embedding_is_of_the_wrong_type()
    {
        using HttpResponseMessage response = await _server.Client.PostAsync("v1/score", new ByteArrayContent([1, 2, 3]));

        Assert.Contains("send them as application/json", await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType));
    }

    [TestMethod]
    public async Task Outputs_that_there_are_not_are_refused()
    {
        using HttpResponseMessage response = await PostAsync("""{"embedding": [1, 2, 3, 4, 5, 6]}""", "?outputs=true");
        using HttpResponseMessage neither = await PostAsync("""{"embedding": [1, 2, 3, 4, 5, 6]}""", "?outputs=perhaps");

        Assert.Contains("no outputs of a network", await response.ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Contains("true or false", await neither.ProblemAsync(HttpStatusCode.BadRequest));
    }

    [TestMethod]
    public async Task An_ensemble_says_what_each_score_finds()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Ensemble);
        float[] far = [1, 2, 3, 4, 5, 60];

        JsonElement row = (await server.ScoreAsync(far)).Rows().Single();
        JsonElement[] scores = [.. row.GetProperty("scoreProbabilities").EnumerateObject().Select(score => score.Value)];

        Assert.HasCount(3, scores);
        Assert.AreEqual("ensemble", (await server.ModelAsync()).GetProperty("detector").GetString());
        Assert.AreEqual(scores.Max(score => score.GetSingle()), row.GetProperty("scoreProbabilities").GetProperty(row.GetProperty("topScore").GetString()!).GetSingle());
    }

    private static async Task<JsonElement> ScoreAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);
        return await RunningServer.ReadAsync(response);
    }

    private static Task<HttpResponseMessage> PostAsync(string body, string query = "") =>
        _server.Client.PostAsync($"v1/score{query}", new StringContent(body, Encoding.UTF8, "application/json"));
}
