using System.Runtime.InteropServices;

namespace Dime.Tool.Terminal;

/// <summary>
/// Turns the signals that end a process (Ctrl+C, <c>kill</c>, a closed terminal, a stopped container) into a request to stop.
/// Where it is not followed in time, or comes twice, the process is ended.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TimeSpan _patience;
    private readonly Action _cleanUp;
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    /// <param name="patience">How long the work may take to stop.</param>
    /// <param name="cleanUp">What is done before the process is ended in the midst of its work.</param>
    public Interruption(TimeSpan patience, Action cleanUp)
    {
        _patience = patience;
        _cleanUp = cleanUp;
        (PosixSignal Signal, int Number)[] signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal.Signal, context => OnSignal(context, 128 + signal.Number)))];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Requested => _source.Token;

    /// <summary>The exit code that tells of the first signal, as shells report it; null where none came.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int code)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            End(code);
        }

        ExitCode = code;
        _ = EndLaterAsync(code);
        _source.Cancel();
    }

    private async Task EndLaterAsync(int code)
    {
        await Task.Delay(_patience).ConfigureAwait(false);
        End(code);
    }

    private void End(int code)
    {
        _cleanUp();
        Console.Error.WriteLine("Interrupted in the midst of work; what was not complete is removed.");
        Environment.Exit(code);
    }
}
