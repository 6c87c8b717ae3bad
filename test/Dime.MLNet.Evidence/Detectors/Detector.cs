namespace Dime.MLNet.Evidence.Detectors;

/// <summary>What gives a row a score.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="Description">What it measures.</param>
internal sealed record Detector(string Name, DetectorKind Kind, string Description);

/// <summary>Whose a detector is.</summary>
internal enum DetectorKind
{
    /// <summary>One DIME distance.</summary>
    Dime,

    /// <summary>The ensemble.</summary>
    Ensemble,

    /// <summary>A score of the ensemble, alone.</summary>
    Score,

    /// <summary>A detector of the literature.</summary>
    Peer,
}
