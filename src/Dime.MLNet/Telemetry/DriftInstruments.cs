namespace Dime.MLNet.Telemetry;

/// <summary>Reports what a monitor of a model finds.</summary>
internal sealed class DriftInstruments(string modelName)
{
    private readonly KeyValuePair<string, object?> _model = new(Instruments.ModelTag, modelName);
    private readonly object _lock = new();
    private bool _isActive;
    private bool _isRetired;

    /// <param name="pValue">That of the window.</param>
    /// <param name="scores">The smallest of each score of an ensemble.</param>
    public void WindowTested(double pValue, IEnumerable<(string Name, double PValue)> scores)
    {
        Instruments.DriftWindows.Add(1, _model);
        Instruments.DriftPValue.Record(pValue, _model);
        if (Instruments.DriftScorePValue.Enabled)
        {
            foreach ((string name, double value) in scores)
            {
                Instruments.DriftScorePValue.Record(value, _model, new KeyValuePair<string, object?>(Instruments.ScoreTag, name));
            }
        }
    }

    /// <param name="scoreName">The score that objected most; null where that was the whole.</param>
    public void AlarmRaised(string? scoreName)
    {
        Instruments.DriftAlarms.Add(1, _model, new KeyValuePair<string, object?>(Instruments.ScoreTag, scoreName ?? "all"));
        SetActive(true);
    }

    /// <summary>An alarm goes on that was raised before this process began.</summary>
    public void AlarmRestored() => SetActive(true);

    public void AlarmEnded() => SetActive(false);

    /// <summary>Nobody ends the alarm any more.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            SetActive(false);
            _isRetired = true;
        }
    }

    private void SetActive(bool isActive)
    {
        lock (_lock)
        {
            if (isActive != _isActive && !_isRetired)
            {
                _isActive = isActive;
                Instruments.DriftActive.Add(isActive ? 1 : -1, _model);
            }
        }
    }
}
