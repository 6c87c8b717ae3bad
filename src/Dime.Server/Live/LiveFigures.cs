using Dime.Server.Models;
using Dime.Server.Scoring;

namespace Dime.Server.Live;

/// <summary>What happened in the last quarter of an hour to the rows of one model, in memory.</summary>
internal sealed class LiveFigures(TimeProvider time)
{
    /// <summary>The length of a step of the series.</summary>
    public const int StepSeconds = 10;

    /// <summary>The number of steps.</summary>
    public const int Steps = 90;

    /// <summary>The number of bins of the histogram of probabilities.</summary>
    public const int Bins = 20;

    /// <summary>The most flagged rows that are shown.</summary>
    public const int MostFlagged = 24;

    private readonly Lock _lock = new();
    private readonly Step[] _steps = [.. Enumerable.Range(0, Steps).Select(_ => new Step())];
    private readonly Queue<FlaggedRow> _flagged = new();
    private int _version = 1;
    private long _totalRows;
    private long _totalFlagged;
    private long _lastFlagged;

    /// <summary>Counts a row.</summary>
    public void Add(ScoredRow row)
    {
        lock (_lock)
        {
            if (row.Model.Version < _version)
            {
                // The last rows of a model that is retired; the figures are of its successor already.
                return;
            }

            if (row.Model.Version > _version)
            {
                Restart(row.Model.Version);
            }

            StepAt(Number(row.Time)).Add(row.Score);
            _totalRows++;
            _totalFlagged += row.Score.IsOutOfDistribution is true ? 1 : 0;
        }
    }

    /// <summary>Counts rows that the model scored before the server was started; they are no part of the totals.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="areCut">Whether there are more, of which the earliest step would have only a part.</param>
    public void Restore(IReadOnlyList<ScoredRow> rows, bool areCut)
    {
        lock (_lock)
        {
            long now = Number(time.GetUtcNow());
            long first = Math.Max(now - Steps + 1, areCut ? rows.Min(row => Number(row.Time)) + 1 : 0);
            foreach (ScoredRow row in rows)
            {
                if (Number(row.Time) is var number && number >= first && number <= now)
                {
                    StepAt(number).Add(row.Score);
                }
            }
        }
    }

    /// <summary>Shows a flagged row.</summary>
    public void Show(ScoredRow row, Images.Thumbnail? thumbnail)
    {
        lock (_lock)
        {
            if (_flagged.Count == MostFlagged)
            {
                _flagged.Dequeue();
            }

            _flagged.Enqueue(new FlaggedRow(
                ++_lastFlagged, row.Time, row.Score.Id, row.Score.Distance, row.Score.Probability, row.Score.TopScore, thumbnail?.DataUri, thumbnail?.IsTiny is true));
        }
    }

    /// <summary>The flagged rows with higher numbers, the oldest first.</summary>
    public IReadOnlyList<FlaggedRow> FlaggedAfter(long number)
    {
        lock (_lock)
        {
            // A page that was open when the server was started anew knows numbers that are not given yet.
            return [.. _flagged.Where(row => row.Number > number || number > _lastFlagged)];
        }
    }

    /// <summary>The figures as they are now.</summary>
    /// <param name="band">What flagged shares of so many rows are to be expected; null where that is not known.</param>
    public FigureSnapshot Take(Func<long, (double Low, double High)>? band)
    {
        // Bands take their time, in which rows are to be counted.
        FigureSnapshot snapshot = Count();
        return band is null ? snapshot : snapshot with { Window = snapshot.Window.Within(band), Series = [.. snapshot.Series.Select(point => point.Within(band))] };
    }

    private FigureSnapshot Count()
    {
        lock (_lock)
        {
            long now = Number(time.GetUtcNow());
            long[] histogram = new long[Bins];
            var series = new List<SeriesPoint>(Steps);
            long recent = 0;
            long windowRows = 0;
            long windowFlagged = 0;
            for (long number = now - Steps + 1; number <= now; number++)
            {
                Step step = _steps[number % Steps];
                if (step.Number != number || step.Rows == 0)
                {
                    continue;
                }

                series.Add(new SeriesPoint(number * StepSeconds, step.Rows, step.Flagged));
                recent += number >= now - 1 ? step.Rows : 0;
                windowRows += step.Rows;
                windowFlagged += step.Flagged;
                for (int i = 0; i < Bins; i++)
                {
                    histogram[i] += step.Histogram[i];
                }
            }

            double seconds = StepSeconds + (time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0 % StepSeconds);
            var window = new SeriesPoint((now - Steps + 1) * StepSeconds, windowRows, windowFlagged);
            return new FigureSnapshot(_totalRows, _totalFlagged, recent / seconds, now * StepSeconds, window, series, histogram);
        }
    }

    private static long Number(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    private Step StepAt(long number)
    {
        Step step = _steps[number % Steps];
        if (step.Number != number)
        {
            step.Clear(number);
        }

        return step;
    }

    private void Restart(int version)
    {
        _version = version;
        _totalRows = _totalFlagged = 0;
        foreach (Step step in _steps)
        {
            step.Clear(-1);
        }
    }

    private sealed class Step
    {
        public long Number { get; private set; } = -1;

        public long Rows { get; private set; }

        public long Flagged { get; private set; }

        public long[] Histogram { get; } = new long[Bins];

        public void Add(RowScore score)
        {
            Rows++;
            Flagged += score.IsOutOfDistribution is true ? 1 : 0;
            if (score.Probability is { } probability)
            {
                Histogram[Math.Clamp((int)(probability * Bins), 0, Bins - 1)]++;
            }
        }

        public void Clear(long number)
        {
            Number = number;
            Rows = Flagged = 0;
            Array.Clear(Histogram);
        }
    }
}

/// <summary>Figures of a moment.</summary>
/// <param name="Rows">The rows that the model scored.</param>
/// <param name="Flagged">How many of them are flagged.</param>
/// <param name="RowsPerSecond">The rate of the last seconds.</param>
/// <param name="Now">The beginning of the step that is under way, in seconds since 1970.</param>
/// <param name="Window">All steps together.</param>
/// <param name="Series">The steps that have rows, the oldest first.</param>
/// <param name="Histogram">How many rows have a probability in each of as many equal parts of 0 to 1.</param>
internal sealed record FigureSnapshot(long Rows, long Flagged, double RowsPerSecond, long Now, SeriesPoint Window, IReadOnlyList<SeriesPoint> Series, long[] Histogram);

/// <summary>A step of the series.</summary>
/// <param name="Time">Its beginning, in seconds since 1970.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Flagged">How many are flagged.</param>
/// <param name="Low">The least share to be expected; null where that is not known.</param>
/// <param name="High">The largest.</param>
internal sealed record SeriesPoint(long Time, long Rows, long Flagged, double? Low = null, double? High = null)
{
    public SeriesPoint Within(Func<long, (double Low, double High)> band) => Rows > 0 && band(Rows) is var expected ? this with { Low = expected.Low, High = expected.High } : this;
}

/// <summary>A flagged row to look at.</summary>
/// <param name="Number">Its place among all that were flagged.</param>
/// <param name="Time">When it was scored.</param>
/// <param name="Id">What tells it from others.</param>
/// <param name="Distance">Its distance.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="TopScore">The score that objected most.</param>
/// <param name="Image">A small copy of the image, as a data URI.</param>
/// <param name="IsTiny">Whether it is shown larger than it is.</param>
internal sealed record FlaggedRow(long Number, DateTimeOffset Time, string Id, float Distance, float? Probability, string? TopScore, string? Image, bool IsTiny);
