using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>How to sum and to fit: the options that do not outlive the fit.</summary>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
/// <param name="ClassColumnName">The column of classes; null where none are needed, or they come otherwise.</param>
internal abstract record FitSettings(string? ExampleWeightColumnName, string? ClassColumnName)
{
    /// <summary>What is fitted, in a word.</summary>
    public abstract string Kind { get; }

    /// <summary>The settings with what the fit alone reads, behind the columns that are scored.</summary>
    public virtual ScoringSettings Reading(ScoringSettings settings) => settings;

    /// <summary>Finds all columns that are read.</summary>
    /// <exception cref="ArgumentException">A column is missing, or does not hold what it should.</exception>
    public InputColumns RequireColumns(DataViewSchema schema, ScoringSettings settings, string parameterName) =>
        InputColumns.Require(schema, Reading(settings), parameterName) with
        {
            Weight = ExampleWeightColumnName is { } weight ? FeatureColumn.RequireWeight(schema, weight, parameterName) : null,
            Class = ClassColumnName is { } classes ? ClassColumn.Require(schema, classes, parameterName) : null,
        };

    /// <summary>The same checks where only the shape of the schema is known yet.</summary>
    /// <exception cref="ArgumentException">A column is missing, or does not hold what it should.</exception>
    public void RequireColumns(SchemaShape schema, ScoringSettings settings, string parameterName)
    {
        InputColumns.Require(schema, Reading(settings), parameterName);
        if (ExampleWeightColumnName is { } weight)
        {
            FeatureColumn.RequireWeight(schema, weight, parameterName);
        }

        if (ClassColumnName is { } classes)
        {
            ClassColumn.Require(schema, classes, parameterName);
        }
    }

    /// <summary>Begins the sums of rows of columns, those of <see cref="Reading"/>, of such dimensions.</summary>
    /// <exception cref="InvalidOperationException">What is wanted of the columns is not possible.</exception>
    public abstract IRowSums Begin(ScoringSettings settings, IReadOnlyList<int> dimensions);

    /// <summary>The number of a class by its name, which is added where it is new.</summary>
    /// <exception cref="InvalidOperationException">There are too many of them.</exception>
    public virtual int ClassNumber(IRowSums sums, string name) => ClassColumn.Unknown;

    /// <exception cref="InvalidOperationException">So many classes are too many.</exception>
    public virtual void CheckClassCount(int count)
    {
    }

    /// <summary>The options that sums depend on, by their names, as text: another value, other sums.</summary>
    /// <param name="settings">Of the columns that are scored.</param>
    public abstract IEnumerable<(string Name, string Value)> OptionsOfSums(ScoringSettings settings);

    protected static string Text(string? name) => name is null ? "null" : $"'{name}'";
}

/// <summary>How to fit a model of some kind.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
/// <param name="ClassColumnName">The column of classes; null where none are needed, or they come otherwise.</param>
internal abstract record FitSettings<TModel>(string? ExampleWeightColumnName, string? ClassColumnName)
    : FitSettings(ExampleWeightColumnName, ClassColumnName)
{
    /// <summary>Fits a model to sums that began with the same options, with a word to the log.</summary>
    /// <param name="sums">The sums, which stay as they are.</param>
    /// <param name="settings">Those of <see cref="FitSettings.Reading"/>.</param>
    /// <param name="channel">The log.</param>
    /// <param name="reading">What the sums took.</param>
    /// <exception cref="InvalidOperationException">The rows cannot be fitted.</exception>
    public abstract TModel Fit(IRowSums sums, ScoringSettings settings, IChannel channel, TimeSpan reading);
}
