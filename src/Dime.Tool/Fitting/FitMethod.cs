namespace Dime.Tool.Fitting;

/// <summary>What is fitted.</summary>
internal enum FitMethod
{
    /// <summary>One DIME distance, as in the paper.</summary>
    Dime,

    /// <summary>Several scores in one probability.</summary>
    Ensemble,
}
