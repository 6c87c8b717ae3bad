using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Server.Tests.Endpoints;

/// <summary>Thousands of requests that are not as they should be, the same on every run: each is answered as such or served, and the server stays whole.</summary>
[TestClass]
public sealed class MalformedTests
{
    private const int Each = 700;

    [TestMethod]
    public async Task Altered_embeddings_are_refused_or_served()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        byte[] body = Encoding.UTF8.GetBytes("""{"embeddings": [[1.5, -2, 3e2, "NaN", 5, 6], [0.1, 2, 3, 4, 5, 6]], "ids": ["näme", null]}""");

        int refused = await SendAlteredAsync(server, "application/json", body, Each * 2, seed: 1);

        Assert.IsGreaterThan(Each, refused);
        Assert.HasCount(1, (await server.ScoreAsync([1, 2, 3, 4, 5, 6])).Rows());
    }

    [TestMethod]
    public async Task Altered_images_are_refused_or_served()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images);
        int refused = 0;
        foreach ((string kind, int seed) in ((string, int)[])[("colors.jpg", 2), ("colors.png", 3), ("lossy.webp", 4), ("animated.webp", 5), ("palette.png", 6)])
        {
            refused += await SendAlteredAsync(server, "image/jpeg", EncodedImages.Kinds[kind](), Each / 3, seed);
        }

        Assert.IsGreaterThan(Each / 3, refused);
        await server.PixelsAreReturnedAsync();
    }

    [TestMethod]
    public async Task Altered_parts_are_refused_or_served()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images);
        using MultipartFormDataContent parts = new("the-boundary")
        {
            { new ByteArrayContent(EncodedImages.Kinds["gray.png"]()), "a", "a.png" },
            { new ByteArrayContent(EncodedImages.Kinds["colors.jpg"]()), "b", "b.jpg" },
        };
        byte[] body = await parts.ReadAsByteArrayAsync();

        int refused = await SendAlteredAsync(server, "multipart/form-data; boundary=the-boundary", body, Each, seed: 7);
        refused += await SendAlteredAsync(server, "multipart/form-data", body, 5, seed: 8);
        refused += await SendAlteredAsync(server, "multipart/form-data; boundary=\"\"", body, 5, seed: 9);
        refused += await SendAlteredAsync(server, $"multipart/form-data; boundary={new string('x', 200)}", body, 5, seed: 10);

        Assert.IsGreaterThan(Each / 4, refused);
        await server.PixelsAreReturnedAsync();
    }

    [TestMethod]
    public async Task Requests_that_are_cut_off_or_no_HTTP_end_with_their_connection()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        byte[] whole = Encoding.ASCII.GetBytes(
            "POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 34\r\n\r\n{\"embedding\": [1, 2, 3, 4, 5, 6]} ");
        var random = new Random(11);
        int served = 0;
        for (int i = 0; i < Each; i++)
        {
            byte[] request = [.. whole];
            bool isCut = i % 2 == 0;
            request = isCut ? request[..random.Next(1, request.Length)] : Alter(request, random);
            string answer = await SendRawAsync(server, request);
            Assert.MatchesRegex("^($|HTTP/1.1 (2|4|505))", answer.Length > 10 ? answer[..12] : answer);
            Assert.DoesNotContain("HTTP/1.1 500", answer);
            Assert.DoesNotContain("   at ", answer);
            served += answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.IsLessThan(Each, served);
        Assert.HasCount(1, (await server.ScoreAsync([1, 2, 3, 4, 5, 6])).Rows());
    }

    private static async Task<int> SendAlteredAsync(RunningServer server, string type, byte[] body, int count, int seed)
    {
        var random = new Random(seed);
        byte[][] bodies = [.. Enumerable.Range(0, count).Select(i => i % 4 == 0 ? body[..random.Next(body.Length)] : Alter(body, random))];
        int refused = 0;
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (altered, cancelled) =>
        {
            using var content = new ByteArrayContent(altered);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            using HttpResponseMessage response = await server.Client.PostAsync("v1/score", content, cancelled);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.IsInRange(400, 499, (int)response.StatusCode);
            await response.ProblemAsync(response.StatusCode);
            Interlocked.Increment(ref refused);
        });
        return refused;
    }

    // Some bytes are others, twice there, or gone.
    private static byte[] Alter(byte[] body, Random random)
    {
        List<byte> altered = [.. body];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int place = random.Next(altered.Count);
            switch (random.Next(3))
            {
                case 0:
                    altered[place] = (byte)random.Next(256);
                    break;
                case 1:
                    altered.InsertRange(place, altered.GetRange(place, Math.Min(random.Next(1, 30), altered.Count - place)));
                    break;
                default:
                    altered.RemoveRange(place, Math.Min(random.Next(1, 30), altered.Count - place));
                    break;
            }

            if (altered.Count == 0)
            {
                return [];
            }
        }

        return [.. altered];
    }

    private static async Task<string> SendRawAsync(RunningServer server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(request);
        client.Client.Shutdown(SocketShutdown.Send);
        try
        {
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The server has closed the connection without reading all of it.
            return "";
        }
    }
}
