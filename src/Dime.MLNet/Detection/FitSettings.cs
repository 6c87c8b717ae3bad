using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>How to fit a model of some kind: the options that matter to the fit alone.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
/// <param name="ClassColumnName">The column of classes; null where none are needed, or they come otherwise.</param>
internal abstract record FitSettings<TModel>(string? ExampleWeightColumnName, string? ClassColumnName)
{
    /// <summary>The settings with what the fit alone reads, behind the columns that are scored.</summary>
    public virtual ScoringSettings Reading(ScoringSettings settings) => settings;

    /// <summary>Begins a fit to rows of columns, those of <see cref="Reading"/>, of such dimensions.</summary>
    /// <exception cref="InvalidOperationException">What is wanted of the columns is not possible.</exception>
    public abstract IFitting<TModel> Begin(ScoringSettings settings, IReadOnlyList<int> dimensions);
}

/// <summary>A fit while rows are added to it.</summary>
/// <typeparam name="TModel">The kind of the model.</typeparam>
internal interface IFitting<TModel>
{
    /// <summary>The number of rows that were added.</summary>
    long Count { get; }

    /// <summary>The number of rows that were left out because a value was not finite.</summary>
    long SkippedCount { get; }

    /// <summary>The number of rows that were left out because their class is not known.</summary>
    long UnclassifiedCount { get; }

    /// <summary>The number of a class by its name.</summary>
    int ClassNumber(string name);

    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="classes">The numbers of their classes; empty where there is no column of them.</param>
    /// <param name="weights">Their weights; empty for 1 everywhere.</param>
    void Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights);

    /// <summary>Fits the model, with a word to the log.</summary>
    /// <exception cref="InvalidOperationException">The rows cannot be fitted.</exception>
    TModel Fit(IChannel channel, TimeSpan reading);
}

/// <summary>The rows of a fit that calibrate.</summary>
/// <param name="Share">Their share of all rows, in [0, 1].</param>
/// <param name="MaxRows">The most of them; 0 for no calibration.</param>
/// <param name="IsHeldOut">Whether they are kept out of the hyperplane.</param>
internal sealed record CalibrationRows(double Share, int MaxRows, bool IsHeldOut)
{
    public static CalibrationRows None { get; } = new(Share: 0, MaxRows: 0, IsHeldOut: false);
}
