using System.Text;
using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using Microsoft.ML;

namespace Dime.Fuzz.Targets;

/// <summary>
/// The state of a monitor. It names the calibration by a hash that differs from one kind of processor to the next, so inputs have a word in its place.
/// </summary>
internal sealed class MonitorTarget : FuzzTarget
{
    private const int WindowRows = 30;

    private const string Word = "HASH-OF-THE-CALIBRATION";

    private readonly DimeTransformer _detector = new(new MLContext(seed: 1), SeedModels.Embedding());
    private readonly DriftMonitorOptions _options = new() { WindowRows = WindowRows };
    private readonly float[] _window = SeedModels.Rows(WindowRows);
    private readonly string _hash;

    public MonitorTarget()
    {
        string state = Encoding.UTF8.GetString(State(new DriftMonitor(_detector, _options)));
        _hash = state.Split('"').Single(text => text.Length == 64);
    }

    public override string Name => "monitor";

    public override bool Allows(Exception exception) => exception is InvalidDataException;

    public override IEnumerable<byte[]> FormsOf(byte[] input) => [Replace(input, Encoding.UTF8.GetBytes(Word), Encoding.UTF8.GetBytes(_hash))];

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        var monitor = DriftMonitor.Load(stream, _detector, _options);
        using var saved = new MemoryStream(State(monitor));
        ModelTarget.Required(() => DriftMonitor.Load(saved, _detector, _options));
        DriftMonitorStatus before = monitor.Status;
        monitor.Add(_window);
        DriftMonitorStatus after = monitor.Status;
        if (after.RowCount <= before.RowCount || after.WindowCount <= before.WindowCount || after.CleanWindowCount < 0)
        {
            throw new NotSupportedException($"{after.RowCount} rows in {after.WindowCount} windows, {after.CleanWindowCount} clean, follow on {before.RowCount} in {before.WindowCount}.");
        }
    }

    public override IEnumerable<Seed> Seeds()
    {
        var monitor = new DriftMonitor(_detector, _options);
        yield return Of("new.json", monitor);
        monitor.Add(_window);
        yield return Of("calm.json", monitor);
        monitor.Add([.. _window.Select(value => value + 10)]);
        yield return Of("alarm.json", monitor);
    }

    private Seed Of(string name, DriftMonitor monitor) => new(name, Replace(State(monitor), Encoding.UTF8.GetBytes(_hash), Encoding.UTF8.GetBytes(Word)));

    private static byte[] State(DriftMonitor monitor)
    {
        using var stream = new MemoryStream();
        monitor.SaveState(stream);
        return stream.ToArray();
    }

    private static byte[] Replace(byte[] bytes, ReadOnlySpan<byte> what, ReadOnlySpan<byte> by)
    {
        int place = bytes.AsSpan().IndexOf(what);
        return place < 0 ? bytes : [.. bytes.AsSpan(0, place), .. by, .. bytes.AsSpan(place + what.Length)];
    }
}
