using System.Collections.Concurrent;
using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>Sums of a few rows for any shard, when the test lets it.</summary>
/// <param name="gate">Waits, and may throw; it gets the name of the shard and the number of the attempt.</param>
internal sealed class GatedAccumulator(Func<string, int, Task> gate) : IShardAccumulator
{
    public const int Rows = 40;

    private const int Width = 4;

    private readonly ConcurrentDictionary<string, int> _attempts = new();

    public async Task<AccumulatedShard> AccumulateAsync(ShardRequest request, CancellationToken cancelled)
    {
        await gate(request.Name, _attempts.AddOrUpdate(request.Name, 1, (_, count) => count + 1)).WaitAsync(cancelled);
        var mlContext = new MLContext(1);
        var random = new Random(request.Name[0]);
        Row[] rows = [.. Enumerable.Range(0, Rows).Select(_ => new Row { Features = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle())] })];
        return new AccumulatedShard(
            mlContext.Transforms.DetectOutOfDistribution("Features").Accumulate(mlContext.Data.LoadFromEnumerable(rows), new AccumulationOptions { Source = request.Name }),
            ["It was read."]);
    }

    private sealed class Row
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];
    }
}
