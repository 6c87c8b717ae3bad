using Dime.MLNet;
using Dime.Soak.Measuring;
using Dime.Soak.Models;
using Microsoft.ML;

namespace Dime.Soak.Threads;

/// <summary>What one thread does: anything, in any order, with models that all threads share.</summary>
internal sealed class Worker(IReadOnlyList<SharedSubject> subjects, int seed) : IDisposable
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly Random _random = new(seed);
    private readonly Dictionary<SharedSubject, (SharedModel Model, PredictionEngine<SoakRow, Verdict> Engine)> _engines = [];

    public static IReadOnlyList<string> Actions { get; } = ["arrays", "views", "engines", "calibrations", "reloads", "swaps", "drift tests", "monitors", "fits"];

    /// <summary>How often each was done.</summary>
    public long[] Counts { get; } = new long[Actions.Count];

    /// <summary>How many rows were compared.</summary>
    public long Rows { get; private set; }

    /// <exception cref="SoakException">A row is not what it was.</exception>
    public void Step()
    {
        SharedSubject shared = subjects[_random.Next(subjects.Count)];
        int action = _random.Next(100) switch { < 25 => 0, < 45 => 1, < 70 => 2, < 76 => 3, < 84 => 4, < 88 => 5, < 94 => 6, < 99 => 7, _ => 8 };
        Counts[action]++;
        if (action == 2)
        {
            Predict(shared);
            return;
        }

        SharedModel model = shared.Use();
        try
        {
            Do(action, shared, model.Transformer);
        }
        finally
        {
            model.LetGo();
        }
    }

    public void Dispose()
    {
        foreach ((SharedModel model, PredictionEngine<SoakRow, Verdict> engine) in _engines.Values)
        {
            engine.Dispose();
            model.LetGo();
        }

        _engines.Clear();
    }

    private void Do(int action, SharedSubject shared, ITransformer model)
    {
        Subject subject = shared.Subject;
        switch (action)
        {
            case 0:
                Measure(subject, model);
                break;
            case 1:
                Check(subject, model, subject.Expected, "a view");
                break;
            case 3:
                // It shares the network of the model that it comes from, and is not disposed.
                Check(subject, subject.Calibrate(_mlContext, model), subject.ExpectedCalibrated, "a calibration");
                break;
            case 4:
                ITransformer loaded = subject.Load(_mlContext);
                Check(subject, loaded, subject.Expected, "a reload");
                (loaded as IDisposable)?.Dispose();
                break;
            case 5:
                shared.Replace(subject.Load(_mlContext));
                break;
            case 6:
                DriftResult drift = subject.Drift(_mlContext, model);
                if (drift.IsDrift != subject.ExpectedDrift.IsDrift || Math.Abs(drift.PValue - subject.ExpectedDrift.PValue) > subject.Tolerance)
                {
                    throw new SoakException($"{subject.Name}, a drift test: p is {drift.PValue:R} instead of {subject.ExpectedDrift.PValue:R}.");
                }

                break;
            case 7:
                shared.Monitor(subject.Rows[AnyRange(subject)]);
                break;
            default:
                ITransformer fitted = subject.Fit(_mlContext);
                Check(subject, fitted, subject.Expected, "a fit");
                (fitted as IDisposable)?.Dispose();
                break;
        }
    }

    private void Check(Subject subject, ITransformer model, Scores expected, string what)
    {
        Range rows = AnyRange(subject);
        Scores.Of(model, Subject.Detector(model), subject.View(_mlContext, subject.Rows[rows])).Require(expected, rows, subject.Tolerance, $"{subject.Name}, {what}");
        Rows += rows.GetOffsetAndLength(subject.Rows.Length).Length;
    }

    private void Measure(Subject subject, ITransformer model)
    {
        if (!subject.TakesEmbeddings)
        {
            Check(subject, model, subject.Expected, "a view");
            return;
        }

        Range range = AnyRange(subject);
        float[] rows = [.. subject.Rows[range].SelectMany(row => row)];
        Scores scores = Subject.Detector(model) switch
        {
            DimeTransformer dime => new Scores(dime.Embedding.DistanceToHyperplane(rows), dime.Embedding.ProbabilityOfDistanceToHyperplane(rows)),
            EnsembleTransformer ensemble => new Scores(ensemble.Ensemble.Statistic(rows), ensemble.Ensemble.Probability(rows)),
            var other => throw new SoakException($"There is no way to measure {other.GetType()}."),
        };
        scores.Require(subject.Expected, range, tolerance: 0, $"{subject.Name}, arrays");
        Rows += scores.Distances.Length;
    }

    // An engine belongs to this thread; the model behind it is the one that was shared when it was made, for a while.
    private void Predict(SharedSubject shared)
    {
        Subject subject = shared.Subject;
        if (_random.Next(20) == 0 && _engines.Remove(shared, out (SharedModel Model, PredictionEngine<SoakRow, Verdict> Engine) old))
        {
            old.Engine.Dispose();
            old.Model.LetGo();
        }

        if (!_engines.TryGetValue(shared, out (SharedModel Model, PredictionEngine<SoakRow, Verdict> Engine) mine))
        {
            SharedModel model = shared.Use();
            _engines[shared] = mine = (model, subject.CreateEngine(_mlContext, model.Transformer));
        }

        for (int i = 0; i < 8; i++)
        {
            int row = _random.Next(subject.Rows.Length);
            Verdict verdict = mine.Engine.Predict(new SoakRow { Features = subject.Rows[row] });
            new Scores([verdict.Distance], [verdict.Probability]).Require(subject.Expected, row..(row + 1), subject.Tolerance, $"{subject.Name}, an engine");
            Rows++;
        }
    }

    private Range AnyRange(Subject subject)
    {
        int count = _random.Next(1, Math.Min(subject.Rows.Length, subject.TakesEmbeddings ? 300 : 24));
        int start = _random.Next(subject.Rows.Length - count);
        return start..(start + count);
    }
}
