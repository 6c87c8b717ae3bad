using Dime.MLNet.Evidence.Data;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>A detector of the literature, written as its paper has it, in double precision.</summary>
internal interface IPeer
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>What it does, and where it comes from.</summary>
    string Description { get; }

    /// <summary>One score for each row; large means out of distribution.</summary>
    double[] Score(FeatureRows rows);
}
