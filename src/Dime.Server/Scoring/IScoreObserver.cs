using Dime.Server.Models;

namespace Dime.Server.Scoring;

/// <summary>Hears of each scored row, behind its answer, from any number of threads.</summary>
internal interface IScoreObserver
{
    /// <summary>Takes a row down.</summary>
    /// <param name="row">The row.</param>
    /// <param name="features">What the detector measured of it, its input columns side by side; empty where that is not at hand, and good for the call alone.</param>
    /// <returns>Whether the observer keeps the row's input, and disposes it later.</returns>
    bool Observe(ScoredRow row, ReadOnlySpan<float> features);
}

/// <summary>A row that was scored.</summary>
/// <param name="Time">When.</param>
/// <param name="Model">By which model.</param>
/// <param name="Input">The row.</param>
/// <param name="Score">What the model says of it.</param>
internal sealed record ScoredRow(DateTimeOffset Time, ServedModel Model, RowInput Input, RowScore Score);
