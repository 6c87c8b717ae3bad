using System.Text.Json;
using Dime.Server.Scoring;
using Dime.Server.Tests.Fixtures;

namespace Dime.Server.Tests.Scoring;

/// <summary>Whatever comes together, each answer is that of its own rows.</summary>
[TestClass]
public sealed class ConcurrencyTests
{
    [TestMethod]
    public async Task Each_of_thousands_of_rows_at_a_time_gets_its_own_answer()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.QueueRows = 8192);
        float[][] rows = TestModels.Rows(6000, seed: 11);
        float[] distances = TestModels.Distances(TestModels.Dime, rows);
        var random = new Random(5);
        List<Range> requests = [];
        for (int start = 0; start < rows.Length;)
        {
            int end = Math.Min(start + random.Next(1, 9), rows.Length);
            requests.Add(start..end);
            start = end;
        }

        float[] given = new float[rows.Length];
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (range, _) =>
        {
            JsonElement[] answers = (await server.ScoreAsync(rows[range])).Rows();
            foreach ((JsonElement answer, int row) in answers.Select((answer, i) => (answer, range.Start.Value + i)))
            {
                given[row] = answer.Number("distance");
            }
        });

        Assert.HasCount(rows.Length, distances.Distinct());
        CollectionAssert.AreEqual(distances, given);
    }

    [TestMethod]
    public async Task Each_image_at_a_time_gets_its_own_answer()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images);
        byte[][] photos = [.. TestModels.Photos.Select(File.ReadAllBytes)];
        float[] alone = new float[photos.Length];
        for (int i = 0; i < photos.Length; i++)
        {
            alone[i] = await DistanceAsync(server, photos[i]);
        }

        int[] order = [.. Enumerable.Range(0, 400).Select(i => i * 7 % photos.Length)];
        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = 48 }, async (photo, _) =>
            Assert.AreEqual(alone[photo], await DistanceAsync(server, photos[photo]), 1e-3f));

        Assert.HasCount(photos.Length, alone.Distinct());
        await server.PixelsAreReturnedAsync();
    }

    [TestMethod]
    public async Task Models_change_under_load_without_a_failed_request_or_a_mixed_answer()
    {
        using var folder = new Tool.Tests.Fixtures.TemporaryFolder();
        string[] files = [TestModels.Other, TestModels.Dime];
        string model = folder["served.zip"];
        File.Copy(files[1], model);
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.ModelCheckInterval = TimeSpan.FromHours(1));
        float[][] rows = TestModels.Rows(300, seed: 12);
        float[][] expected = [.. files.Select(file => TestModels.Distances(file, rows))];
        List<ServedModel> retired = [];
        using var over = new CancellationTokenSource();
        int answers = 0;

        Task load = Parallel.ForEachAsync(Enumerable.Range(0, int.MaxValue).TakeWhile(_ => !over.IsCancellationRequested), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            int start = i * 3 % (rows.Length - 5);
            JsonElement answer = await server.ScoreAsync(rows[start..(start + 5)]);
            int version = answer.GetProperty("model").GetProperty("version").GetInt32();
            CollectionAssert.AreEqual(expected[version % 2][start..(start + 5)], answer.Rows().Select(row => row.Number("distance")).ToArray());
            Interlocked.Increment(ref answers);
        });
        for (int version = 2; version <= 12; version++)
        {
            int before = answers;
            retired.Add(server.Service<ModelHost>().Current!);
            File.Copy(files[version % 2], model, overwrite: true);
            using HttpResponseMessage response = await server.Client.PostAsync("v1/model/reload", content: null);
            Assert.AreEqual(version, (await RunningServer.ReadAsync(response)).GetProperty("version").GetInt32());
            while (answers < before + 50 && !load.IsCompleted)
            {
                await Task.Delay(1);
            }
        }

        await over.CancelAsync();
        await load;
        Assert.IsGreaterThan(500, answers);
        Assert.HasCount(11, retired.Distinct());
        await Task.WhenAll(retired.Select(old => old.Ended)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<float> DistanceAsync(RunningServer server, byte[] photo)
    {
        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", new ByteArrayContent(photo));
        return (await RunningServer.ReadAsync(response)).Rows().Single().Number("distance");
    }
}
