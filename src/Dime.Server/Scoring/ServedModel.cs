using System.Diagnostics;
using System.Security.Cryptography;
using Dime.Server.Errors;
using Dime.Server.Logging;
using Dime.Server.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Scoring;

/// <summary>A model with its queue and the loops that score what is in it, each a batch at a time. It is disposed when it is retired and its last batch is over.</summary>
internal sealed class ServedModel
{
    private readonly ScoringStages _stages;
    private readonly RowQueue _queue;
    private readonly IScoreObserver _observer;
    private readonly ServerMeter _meter;
    private readonly ILogger _logger;

    private ServedModel(ScoringStages stages, string hash, BatchScorer[] scorers, ServingSettings settings, int version)
    {
        _stages = stages;
        _queue = new RowQueue(settings.Limits);
        _observer = settings.Observer;
        _meter = settings.Meter;
        _logger = settings.Logger;
        Version = version;
        Hash = hash;
        Dimension = (Model.InputColumn.Type as VectorDataViewType)?.Size;
        OutputNames = [.. stages.Outputs.Select(output => output.Name)];
        ScoreNames = [.. Model.Scores.Select(score => score.Name)];
        Ended = RunAllAsync(scorers);
    }

    /// <summary>The file's name, without its folder.</summary>
    public string Name => Path.GetFileName(Model.Path);

    /// <summary>1 for the first that a server loads, and one more for each that takes its place.</summary>
    public int Version { get; }

    /// <summary>What tells the content of the zip from that of others: 32 hexadecimal digits of its SHA-256.</summary>
    public string Hash { get; }

    public DateTimeOffset LoadedAt { get; } = TimeProvider.System.GetUtcNow();

    public SavedModel Model => _stages.Model;

    /// <summary>The length of an embedding; null where the model takes images.</summary>
    public int? Dimension { get; }

    /// <summary>The names of the network's outputs that can be asked for.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>The names of the scores of which rows tell the probabilities; empty where they tell none.</summary>
    public IReadOnlyList<string> ScoreNames { get; }

    /// <summary>How many rows wait.</summary>
    public int QueuedRows => _queue.Rows;

    /// <summary>Whether the model takes no requests any more.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Ends when the model is disposed.</summary>
    public Task Ended { get; }

    /// <summary>Loads a model and scores a row with it, so that one that cannot be served is never served.</summary>
    /// <exception cref="InputException">The file, the network or the score of the row is at fault.</exception>
    public static ServedModel Load(ServingSettings settings, int version)
    {
        using FileStream file = SavedModel.Open(settings.ModelFile);
        string hash = Convert.ToHexString(SHA256.HashData(file))[..32];
        file.Position = 0;
        var model = SavedModel.Load(new MLContext(), settings.ModelFile, file);
        ScoringStages? stages = null;
        try
        {
            stages = new ScoringStages(model, settings.NetworkFile, settings.ThreadsOfBatch);
            BatchScorer[] scorers = [.. Enumerable.Range(0, settings.ParallelBatches).Select(_ => new BatchScorer(stages))];
            using RowInput row = TrialRow.For(model);
            LibraryErrors.AsInput(
                () => scorers[0].Score([row], withOutputs: true),
                e => $"'{settings.ModelFile}' cannot score a row: {Cause.Of(e).Message}");
            return new ServedModel(stages, hash, scorers, settings, version);
        }
        catch
        {
            stages?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>Puts a request in line.</summary>
    /// <returns>False where the model is retired, or too many rows wait.</returns>
    public bool TryAdd(ScoreRequest request) => _queue.TryAdd(request);

    /// <summary>Takes no request any more; those in line are still answered.</summary>
    public void Retire()
    {
        IsRetired = true;
        _queue.Close();
    }

    private async Task RunAllAsync(BatchScorer[] scorers)
    {
        await Task.WhenAll(scorers.Select(scorer => Task.Run(() => RunAsync(scorer)))).ConfigureAwait(false);
        _stages.Dispose();
        Model.Dispose();
    }

    private async Task RunAsync(BatchScorer scorer)
    {
        List<PendingRow> batch = [];
        while (await _queue.TakeAsync(batch).ConfigureAwait(false))
        {
            PendingRow[] wanted = [.. batch.Where(IsWanted)];
            if (wanted.Length > 0)
            {
                Score(scorer, wanted);
            }
        }
    }

    private static bool IsWanted(PendingRow row)
    {
        if (!row.Request.IsCancelled)
        {
            return true;
        }

        row.Input.Dispose();
        row.Request.Skip();
        return false;
    }

    private void Score(BatchScorer scorer, PendingRow[] batch)
    {
        long start = Stopwatch.GetTimestamp();
        RowResult[] results;
        try
        {
            results = scorer.Score([.. batch.Select(row => row.Input)], batch.Any(row => row.Request.WantsOutputs));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Separate(scorer, batch, e);
            return;
        }

        _meter.BatchScored(batch.Length, Stopwatch.GetElapsedTime(start));
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i].Request.Complete(batch[i].Number, batch[i].Request.WantsOutputs ? results[i] : results[i] with { Outputs = [] });
        }

        // Behind the answers.
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        for (int i = 0; i < batch.Length; i++)
        {
            Observe(new ScoredRow(now, this, batch[i].Input, results[i].Score), results[i].Features.Span);
        }
    }

    // One row that cannot be scored takes no other with it.
    private void Separate(BatchScorer scorer, PendingRow[] batch, Exception exception)
    {
        if (batch is [var only])
        {
            _logger.LogRowFailed(exception);
            only.Input.Dispose();
            only.Request.Fail(exception);
            return;
        }

        foreach (PendingRow row in batch)
        {
            Score(scorer, [row]);
        }
    }

    private void Observe(ScoredRow row, ReadOnlySpan<float> features)
    {
        bool isKept = false;
        try
        {
            isKept = _observer.Observe(row, features);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _logger.LogObserverFailed(e);
        }
        finally
        {
            if (!isKept)
            {
                row.Input.Dispose();
            }
        }
    }
}
