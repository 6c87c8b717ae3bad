using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>The columns that a detector or its fit reads.</summary>
/// <param name="Features">The embeddings, side by side in a row.</param>
/// <param name="Weight">The weights; null for 1 everywhere.</param>
/// <param name="Class">The classes; null where none are needed, or they come otherwise.</param>
internal sealed record InputColumns(DataViewSchema.Column[] Features, DataViewSchema.Column? Weight = null, DataViewSchema.Column? Class = null)
{
    public IReadOnlyList<int> Dimensions => [.. Features.Select(FeatureColumn.Dimension)];

    public IEnumerable<DataViewSchema.Column> All =>
        Features.Concat(new[] { Weight, Class }.Where(column => column is not null).Select(column => column!.Value));

    /// <summary>Finds the embeddings alone.</summary>
    /// <exception cref="ArgumentException">A column is missing, or does not hold embeddings.</exception>
    public static InputColumns Require(DataViewSchema schema, ScoringSettings settings, string parameterName) =>
        new([.. settings.InputColumnNames.Select(name => FeatureColumn.Require(schema, name, parameterName))]);

    /// <summary>The same check where only the shape of the schema is known yet.</summary>
    /// <exception cref="ArgumentException">A column is missing, or does not hold embeddings.</exception>
    public static void Require(SchemaShape schema, ScoringSettings settings, string parameterName)
    {
        foreach (string name in settings.InputColumnNames)
        {
            FeatureColumn.Require(schema, name, parameterName);
        }
    }

    /// <exception cref="ArgumentException">The embeddings have other dimensions than those that were fitted.</exception>
    public void RequireDimensions(IReadOnlyList<int> fitted, string parameterName)
    {
        foreach ((DataViewSchema.Column column, int dimension) in Features.Zip(fitted))
        {
            if (FeatureColumn.Dimension(column) != dimension)
            {
                throw new ArgumentException(
                    $"Column '{column.Name}' has embeddings of {FeatureColumn.Dimension(column)} values, but the model was fitted to {dimension}: "
                    + "use the same network and layer, or fit again.",
                    parameterName);
            }
        }
    }
}
