namespace Dime.MLNet.Evidence.Data;

/// <summary>Images that should be flagged.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Rows">What the network makes of them.</param>
internal sealed record EvidenceSet(string Name, SetKind Kind, FeatureRows Rows);

/// <summary>What images are that should be flagged.</summary>
internal enum SetKind
{
    /// <summary>Like the training data, but of other things.</summary>
    Near,

    /// <summary>Of another world.</summary>
    Far,

    /// <summary>Whoever named them did not say.</summary>
    Other,

    /// <summary>In distribution, but for a fault that was made in them.</summary>
    Fault,
}
