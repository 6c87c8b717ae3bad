using System.Globalization;
using Dime.MLNet;
using Dime.Server.Errors;

namespace Dime.Server;

/// <summary>What is served, and how much anyone may ask of the server.</summary>
public sealed class DimeMonitoringOptions
{
    /// <summary>Shorter tokens are soon guessed.</summary>
    internal const int LeastTokenLength = 16;

    /// <summary>The model: a zip with a detector in its pipeline, which takes paths of images in its only text column, or embeddings in a vector of <see cref="float"/>. It must be given.</summary>
    public string ModelFile { get; set; } = "";

    /// <summary>An ONNX network that takes what the network of the pipeline takes, and whose outputs are given when asked for; null for those that the pipeline computes anyway.</summary>
    public string? NetworkFile { get; set; }

    /// <summary>
    /// Where scored rows are kept: the file of a SQLite database, which is made where there is none, or a connection string of
    /// PostgreSQL (<c>Host=…;Database=…</c>). Null for nowhere.
    /// </summary>
    public string? History { get; set; }

    /// <summary>How long rows stay in the history. 30 days by default.</summary>
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The most rows of the history; the oldest go first. A million by default.</summary>
    public long HistoryRows { get; set; } = 1_000_000;

    /// <summary>The most flagged images that the history has small copies of; the oldest go first. 2000 by default.</summary>
    public int HistoryThumbnails { get; set; } = 2000;

    /// <summary>How many rows are tested together for drift, at least 30. 500 by default.</summary>
    public int DriftWindowRows { get; set; } = new DriftMonitorOptions().WindowRows;

    /// <summary>How often rows like the calibration rows may raise an alarm of drift, as <see cref="DriftMonitorOptions.FalseAlarmsPerMillionRows"/>.</summary>
    public double DriftFalseAlarmsPerMillionRows { get; set; } = new DriftMonitorOptions().FalseAlarmsPerMillionRows;

    /// <summary>A file in which what was seen of drift outlives the server, but for the window that is open; null for none.</summary>
    public string? DriftStateFile { get; set; }

    /// <summary>
    /// What clients must send as <c>Authorization: Bearer …</c>; at least 16 characters. Null for nothing: then only connections to a
    /// loopback address are served, and only under a name of this machine.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>Whether other connections are served without a token, because the application has an authorization of its own.</summary>
    public bool AllowsRemoteWithoutToken { get; set; }

    /// <summary>The most rows that wait to be scored; requests beyond get 429. 1024 by default.</summary>
    public int QueueRows { get; set; } = 1024;

    /// <summary>The most rows of one request, 256 by default.</summary>
    public int RowsPerRequest { get; set; } = 256;

    /// <summary>The most rows that are scored together, from 1 to 1024. 64 by default.</summary>
    public int BatchRows { get; set; } = 64;

    /// <summary>
    /// How many batches are scored at a time, from 1 to 64; the square root of the number of processors by default, rounded up. Where it is more than 1, networks whose number of
    /// threads the model leaves open get an equal share of the processors for each batch: more batches at a time score more rows a second, fewer score a lone row sooner.
    /// </summary>
    public int ParallelBatches { get; set; } = (int)Math.Ceiling(Math.Sqrt(Environment.ProcessorCount));

    /// <summary>The longest that a row waits for others to be scored with, up to a second. 5 ms by default.</summary>
    public TimeSpan BatchWait { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The most bytes of a request's body, 16 MiB by default.</summary>
    public int BodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most pixels of an image, 25 million by default. An image with more is refused before it is decoded.</summary>
    public long ImagePixels { get; set; } = 25_000_000;

    /// <summary>The memory for the pixels of all images that are being scored, at 8 bytes a pixel; requests beyond get 429. 512 MiB by default.</summary>
    public long PixelBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>The longest that a request may take, 30 s by default.</summary>
    public TimeSpan RequestTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the model's file is looked at; it is loaded again when it changed and stays the same for one look. 2 s by default.</summary>
    public TimeSpan ModelCheckInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The most pages that are kept up to date at a time, 32 by default.</summary>
    public int LivePages { get; set; } = 32;

    /// <exception cref="InputException">A value is out of its range.</exception>
    internal void Validate()
    {
        Require(ModelFile.Length > 0, nameof(ModelFile), "name the zip of a model");
        Require(Token is null or { Length: >= LeastTokenLength }, nameof(Token), $"at least {LeastTokenLength} characters");
        Require(BatchRows is >= 1 and <= 1024, nameof(BatchRows), "from 1 to 1024");
        Require(ParallelBatches is >= 1 and <= 64, nameof(ParallelBatches), "from 1 to 64");
        Require(BatchWait >= TimeSpan.Zero && BatchWait <= TimeSpan.FromSeconds(1), nameof(BatchWait), "from 0 to 1 s");
        Require(RowsPerRequest >= 1, nameof(RowsPerRequest), "at least 1");
        Require(QueueRows >= RowsPerRequest, nameof(QueueRows), $"at least {nameof(RowsPerRequest)}, {RowsPerRequest}");
        Require(BodyBytes >= 1024, nameof(BodyBytes), "at least 1024");
        Require(ImagePixels is >= 1 and <= 250_000_000, nameof(ImagePixels), "from 1 to 250 million");
        Require(PixelBytes >= 1, nameof(PixelBytes), "at least 1");
        Require(RequestTime > TimeSpan.Zero && RequestTime < TimeSpan.FromDays(1), nameof(RequestTime), "more than 0 and less than a day");
        Require(ModelCheckInterval >= TimeSpan.FromMilliseconds(10) && ModelCheckInterval < TimeSpan.FromDays(1), nameof(ModelCheckInterval), "from 10 ms to a day");
        Require(HistoryRetention > TimeSpan.Zero && HistoryRetention < TimeSpan.FromDays(36_500), nameof(HistoryRetention), "more than 0 and less than 100 years");
        Require(HistoryRows >= 1, nameof(HistoryRows), "at least 1");
        Require(HistoryThumbnails >= 0, nameof(HistoryThumbnails), "at least 0");
        Require(LivePages >= 0, nameof(LivePages), "at least 0");
        DriftMonitorOptions drift = DriftSettings(TimeProvider.System);
        Require(drift.Level < 1, nameof(DriftFalseAlarmsPerMillionRows), string.Create(CultureInfo.InvariantCulture, $"less than {1_000_000.0 / DriftWindowRows:0.###}, which is one alarm in each window of {DriftWindowRows} rows"));
    }

    /// <summary>How drift is watched.</summary>
    /// <param name="clock">What alarms are dated by.</param>
    /// <exception cref="InputException">A value is out of its range.</exception>
    internal DriftMonitorOptions DriftSettings(TimeProvider clock) => new()
    {
        WindowRows = InRange(nameof(DriftWindowRows), () => new DriftMonitorOptions { WindowRows = DriftWindowRows }).WindowRows,
        FalseAlarmsPerMillionRows = InRange(
            nameof(DriftFalseAlarmsPerMillionRows), () => new DriftMonitorOptions { FalseAlarmsPerMillionRows = DriftFalseAlarmsPerMillionRows }).FalseAlarmsPerMillionRows,
        TimeProvider = clock,
    };

    // The library knows the ranges.
    private static DriftMonitorOptions InRange(string name, Func<DriftMonitorOptions> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{nameof(DimeMonitoringOptions)}.{name} is out of its range: {e.Message}", e);
        }
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
        {
            throw new InputException($"{nameof(DimeMonitoringOptions)}.{name} is out of its range: {range}.");
        }
    }
}
