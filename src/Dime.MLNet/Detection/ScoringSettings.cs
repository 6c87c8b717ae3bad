using Dime.MLNet.Internals;
using Dime.MLNet.Modelling;
using Dime.MLNet.Serialization;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>What a transformer must know to score: the options that outlive the fit.</summary>
/// <param name="InputColumnNames">The columns that lie side by side in a row.</param>
/// <param name="DistanceColumnName">Of the distance; null, as every name that follows, where there is none.</param>
/// <param name="ProbabilityColumnName">Of its probability.</param>
/// <param name="OutlierColumnName">Of the flag.</param>
/// <param name="WithinDistanceColumnName">Of the distance within the hyperplane.</param>
/// <param name="WithinProbabilityColumnName">Of its probability.</param>
/// <param name="ScoreProbabilitiesColumnName">Of the vector of the scores' probabilities.</param>
/// <param name="OutlierProbability">From which on a row is flagged.</param>
/// <param name="PercentileCount">How many percentiles a calibration keeps.</param>
internal sealed record ScoringSettings(
    IReadOnlyList<string> InputColumnNames,
    string? DistanceColumnName,
    string? ProbabilityColumnName,
    string? OutlierColumnName,
    string? WithinDistanceColumnName,
    string? WithinProbabilityColumnName,
    string? ScoreProbabilitiesColumnName,
    double OutlierProbability,
    int PercentileCount)
{
    /// <summary>What the model is called in metrics; null where it has no name.</summary>
    public string? ModelName { get; init; }

    /// <summary>The name in metrics: where there is none, that of the columns.</summary>
    public string TelemetryName => ModelName ?? string.Join(", ", InputColumnNames);

    public bool NeedsDistanceWithin => WithinDistanceColumnName is not null || WithinProbabilityColumnName is not null;

    /// <summary>The input in words, for messages: "column 'Features'".</summary>
    public string Input => $"{(InputColumnNames.Count == 1 ? "column" : "columns")} {string.Join(", ", InputColumnNames.Select(name => $"'{name}'"))}";

    /// <summary>The output columns in their order; the same whether the model is calibrated or not.</summary>
    public IEnumerable<OutputColumn> OutputColumns()
    {
        (string? Name, OutputValue Value)[] all =
        [
            (DistanceColumnName, OutputValue.Distance),
            (ProbabilityColumnName, OutputValue.Probability),
            (OutlierColumnName, OutputValue.IsOutlier),
            (WithinDistanceColumnName, OutputValue.WithinDistance),
            (WithinProbabilityColumnName, OutputValue.WithinProbability),
            (ScoreProbabilitiesColumnName, OutputValue.ScoreProbabilities),
        ];

        return from column in all
               where column.Name is not null
               select new OutputColumn(column.Name, column.Value);
    }

    /// <summary>The shape of data with the output columns.</summary>
    public SchemaShape AppendTo(SchemaShape inputSchema) => SchemaShapes.Append(
        inputSchema, [.. OutputColumns().Select(output => output.Shape)]);

    /// <summary>Checks what was read from a file.</summary>
    /// <exception cref="InvalidDataException">No transformer can have these settings.</exception>
    public void Check(SealedReader reader)
    {
        RestoredModel.CheckOutlierProbability(OutlierProbability, reader.Invalid);
        if (WhatIsWrong() is { } wrong)
        {
            throw reader.Invalid(wrong);
        }
    }

    /// <summary>Why no transformer can have these names; null where one can.</summary>
    public string? WhatIsWrong()
    {
        string[] names = [.. OutputColumns().Select(column => column.Name)];
        if (names.Length == 0)
        {
            return "All output columns are null: name at least one";
        }

        if (names.Concat(InputColumnNames).Any(string.IsNullOrWhiteSpace))
        {
            return "A column name is empty or white space";
        }

        if (ModelName is not null && string.IsNullOrWhiteSpace(ModelName))
        {
            return "The name of the model is empty or white space";
        }

        string? twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? null : $"Two output columns have the name '{twice}': each needs its own";
    }
}
