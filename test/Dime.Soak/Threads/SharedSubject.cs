using Dime.MLNet;
using Dime.Soak.Measuring;
using Dime.Soak.Models;
using Microsoft.ML;

namespace Dime.Soak.Threads;

/// <summary>A subject, the model of it that all threads share at the time, and a monitor of drift that all threads add rows to.</summary>
internal sealed class SharedSubject
{
    private const int WindowRows = 500;

    private readonly DriftMonitor? _monitor;
    private SharedModel _model;
    private long _monitored;

    public SharedSubject(Subject subject)
    {
        Subject = subject;
        ITransformer model = subject.Load(new MLContext(seed: 1));
        _model = new SharedModel(model);
        _monitor = subject.TakesEmbeddings ? new DriftMonitor(Subject.Detector(model), new DriftMonitorOptions { WindowRows = WindowRows }) : null;
    }

    public Subject Subject { get; }

    /// <summary>The model, in use by the caller until it lets go of it.</summary>
    public SharedModel Use()
    {
        while (true)
        {
            SharedModel model = Volatile.Read(ref _model);
            if (model.TryUse())
            {
                return model;
            }
        }
    }

    /// <summary>Puts another model in the place of the one that is shared.</summary>
    public void Replace(ITransformer model) => Interlocked.Exchange(ref _model, new SharedModel(model)).LetGo();

    public void Monitor(float[][] rows)
    {
        if (_monitor is not null)
        {
            Interlocked.Add(ref _monitored, rows.Length);
            _monitor.Add([.. rows.SelectMany(row => row)]);
        }
    }

    /// <summary>Ends the use of the model, and checks that no row was lost on the way to a window.</summary>
    /// <exception cref="SoakException">One was.</exception>
    public void End()
    {
        _model.LetGo();
        if (_monitor is { Status: var status } && (status.WindowCount != _monitored / WindowRows || status.RowCount + _monitor.OpenRowCount != _monitored && status.RowCount != _monitored))
        {
            throw new SoakException($"{Subject.Name}: {_monitored} rows were added to the monitor of drift; it tells of {status.RowCount} in {status.WindowCount} windows of {WindowRows}, and {_monitor.OpenRowCount}.");
        }
    }
}
