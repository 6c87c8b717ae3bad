using Dime.MLNet.Internals;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>What a transformer must know to score: the options that outlive the fit.</summary>
internal sealed record ScoringSettings(
    string InputColumnName,
    string? DistanceColumnName,
    string? ProbabilityColumnName,
    string? OutlierColumnName,
    string? WithinDistanceColumnName,
    string? WithinProbabilityColumnName,
    double OutlierProbability,
    int PercentileCount)
{
    public bool NeedsDistanceWithin => WithinDistanceColumnName is not null || WithinProbabilityColumnName is not null;

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
        ];

        return from column in all
               where column.Name is not null
               select new OutputColumn(column.Name, column.Value);
    }

    /// <summary>The shape of data with the output columns.</summary>
    public SchemaShape AppendTo(SchemaShape inputSchema) => SchemaShapes.Append(
        inputSchema, [.. OutputColumns().Select(output => SchemaShapes.ScalarColumn(output.Name, output.Type))]);

    /// <summary>Why no transformer can have these names; null where one can.</summary>
    public string? WhatIsWrong()
    {
        string[] names = [.. OutputColumns().Select(column => column.Name)];
        if (names.Length == 0)
        {
            return "All output columns are null: name at least one";
        }

        if (names.Append(InputColumnName).Any(string.IsNullOrWhiteSpace))
        {
            return "A column name is empty or white space";
        }

        string? twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? null : $"Two output columns have the name '{twice}': each needs its own";
    }
}
