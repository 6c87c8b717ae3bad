using Microsoft.Extensions.Logging;

namespace Dime.Server.Scoring;

/// <summary>What models are served from and with.</summary>
/// <param name="ModelFile">The zip.</param>
/// <param name="NetworkFile">The network whose outputs are given when asked for; null for those that the pipeline has.</param>
/// <param name="Limits">How rows are put together.</param>
/// <param name="ParallelBatches">How many batches are scored at a time.</param>
/// <param name="Observer">Hears of each row.</param>
/// <param name="Meter">The instruments.</param>
/// <param name="Logger">The log.</param>
internal sealed record ServingSettings(
    string ModelFile, string? NetworkFile, BatchLimits Limits, int ParallelBatches, IScoreObserver Observer, ServerMeter Meter, ILogger Logger)
{
    /// <summary>The share of a batch in the processors; null for all of them.</summary>
    public int? ThreadsOfBatch => ParallelBatches == 1 ? null : Math.Max(1, Environment.ProcessorCount / ParallelBatches);
}
